// Removes what deleted tenants left, one bounded commit after the other.
import { commitDecision } from './commit-record.ts'
import { nextSweep, sweptTenants } from './delete-tenant.ts'
import { sweepBatch } from './limits.ts'
import type { Store } from '../storage/store.ts'

/** Removes the associations and the suppression list of a deleted tenant. Repeatable; two at once share the work. */
export async function sweepTenant(store: Pick<Store, 'get' | 'list' | 'commit'>, name: string): Promise<void> {
  const step = async () => {
    const changes = await nextSweep(store, name)
    return { answer: changes !== undefined, changes: changes ?? [] }
  }
  while ((await commitDecision(store, step)) !== false) {
    // Another batch, until nothing is left.
  }
}

/** Finishes deletions that a crash cut short; call it once at the start, before the doors open. */
export async function finishTenantDeletions(store: Pick<Store, 'get' | 'list' | 'commit'>): Promise<void> {
  for (let left = await store.list(sweptTenants, { limit: sweepBatch }); left.length > 0; left = await store.list(sweptTenants, { limit: sweepBatch })) {
    for (const { key } of left) await sweepTenant(store, key)
  }
}
