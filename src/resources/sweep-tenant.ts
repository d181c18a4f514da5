// Removes what deleted tenants left, one bounded commit after the other.
import { isRefusal, type Refusal } from '../model/refusal.ts'
import { commitDecision } from './commit-record.ts'
import { nextSweep, pausedDeletions, sweptTenants } from './delete-tenant.ts'
import { pausedDeletionMsMax, sweepBatch } from './limits.ts'
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

/** Forgets paused tenants that were deleted so long ago that nothing of theirs can be queued any more. */
export async function forgetPausedDeletions(store: Pick<Store, 'list' | 'commit'>, now: number): Promise<void> {
  let after: string | undefined = ''
  const page = async () => {
    const records = await store.list(pausedDeletions, { after: after ?? '', limit: sweepBatch })
    // These very records: a tenant of the same name may be deleted at the same moment.
    const changes = records
      .filter(({ value }) => value.at + pausedDeletionMsMax < now)
      .map(({ key, version }) => ({ type: 'remove' as const, collection: pausedDeletions, key, expect: version }))
    return { answer: records.length < sweepBatch ? undefined : records.at(-1)?.key, changes }
  }
  while (after !== undefined) {
    const next: string | undefined | Refusal = await commitDecision(store, page)
    after = isRefusal(next) ? undefined : next
  }
}
