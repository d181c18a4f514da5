// Identities that name a configuration set as their default forget it.
import { compositeKey, type Store } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { identities, identitiesByConfigurationSet } from './identities.ts'
import { sweepBatch } from './limits.ts'
import { putIdentity } from './put-identity.ts'

/** Decides one batch; answers whether there was anything to do. */
export async function clearDefaults(store: Pick<Store, 'get' | 'list'>, configurationSetName: string): Promise<Decision<boolean>> {
  const named = await store.list(identitiesByConfigurationSet, { prefix: compositeKey(configurationSetName, ''), limit: sweepBatch })
  const stored = await Promise.all(named.map(({ value }) => store.get(identities, value.name)))
  return {
    answer: named.length > 0,
    changes: stored.flatMap((before) => (before ? putIdentity(before, { ...before.value, configurationSetName: undefined }) : [])),
  }
}
