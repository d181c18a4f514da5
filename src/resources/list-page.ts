// One page of a collection in key order. Its cost depends on the page, not on how many records there are.
import { setImmediate as turn } from 'node:timers/promises'
import type { Collection, Store, Stored } from '../storage/store.ts'
import { pageScanChunk, pageScanRecordsMax } from './limits.ts'

/** Records of a page; `next` is the key to go on behind, undefined on the last page. */
export interface Page<T> {
  readonly records: readonly Stored<T>[]
  readonly next: string | undefined
}

/** Which page. */
export interface PageRange<T> {
  readonly prefix?: string | undefined
  readonly after: string | undefined
  /** 1 … 1,000. */
  readonly limit: number
  /** Leaves out what it answers false for. With it a page may be short, even empty, and still have a `next`. */
  readonly keep?: ((value: T) => boolean) | undefined
}

/** Reads one page; looks at no more than `pageScanRecordsMax` records. */
export async function listPage<T extends object>(store: Pick<Store, 'list'>, collection: Collection<T>, range: PageRange<T>): Promise<Page<T>> {
  const { prefix, limit, keep } = range
  const records: Stored<T>[] = []
  let position = range.after
  let scanned = 0
  while (scanned < pageScanRecordsMax) {
    // One more than the page tells whether another page follows.
    const wanted = keep ? pageScanChunk : Math.min(limit + 1 - records.length, pageScanChunk)
    const batch = await store.list(collection, {
      limit: wanted,
      ...(position === undefined ? {} : { after: position }),
      ...(prefix === undefined ? {} : { prefix }),
    })
    for (const record of batch) {
      if (!keep || keep(record.value)) {
        if (records.length === limit) return { records, next: position }
        records.push(record)
      }
      position = record.key
    }
    if (batch.length < wanted) return { records, next: undefined }
    scanned += batch.length
    // The embedded engine answers within the same turn: others must get theirs.
    if (keep) await turn()
  }
  return { records, next: position }
}
