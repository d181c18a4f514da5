// How many records of a kind there are, kept beside them in the same commits, where SES allows only so many.
import { type Change, collection, type Store } from '../storage/store.ts'

const counts = collection<{ readonly count: number }>('resource-count')

/** The change that counts one more or one less; undefined when that would be more than `max`. Two at once are a conflict, not a wrong count. */
export async function countChange(store: Pick<Store, 'get'>, kind: string, step: 1 | -1, max: number): Promise<Change | undefined> {
  const stored = await store.get(counts, kind)
  const count = Math.max((stored?.value.count ?? 0) + step, 0)
  if (step > 0 && count > max) return undefined
  return { type: 'put', collection: counts, key: kind, value: { count }, expect: stored?.version ?? 'absent' }
}
