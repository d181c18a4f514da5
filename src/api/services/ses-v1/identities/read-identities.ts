// The attributes of several identities in one answer: a map by the name as it was asked; names that nobody registered are left out.
import { type Refusal, refuse } from '../../../../model/refusal.ts'
import { identities, type IdentityRecord } from '../../../../resources/identities.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import type { Store } from '../../../../storage/store.ts'
import { identitiesAskedMax } from './limits.ts'

/** Maps each identity that exists. @returns a refusal for more names than one call may have. */
export async function readIdentities<T>(
  store: Pick<Store, 'get'>,
  names: readonly string[] | undefined,
  attributesOf: (identity: IdentityRecord) => T | Promise<T>,
): Promise<Record<string, T> | Refusal> {
  const asked = [...new Set(names)]
  if (asked.length > identitiesAskedMax) return refuse('InvalidRequest', { text: `The number of identities must not exceed ${identitiesAskedMax}.` })
  const found = await Promise.all(
    asked.map(async (name): Promise<[string, T] | undefined> => {
      const stored = await store.get(identities, identityKey(name))
      return stored && [name, await attributesOf(stored.value)]
    }),
  )
  return Object.fromEntries(found.filter((entry) => entry !== undefined))
}
