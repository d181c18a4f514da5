// The end of a tenant. The first commit removes the tenant, so that from then on nobody can send or associate with it; its associations
// and its suppression list follow in bounded batches. A note of what is left survives a crash; until it is gone the name cannot be taken again.
import type { Refusal } from '../model/refusal.ts'
import { type Change, collection, compositeKey, type Store } from '../storage/store.ts'
import { associationsByTenant } from './associations.ts'
import { removeAssociation } from './associate-resource.ts'
import type { Decision } from './commit-record.ts'
import { sweepBatch } from './limits.ts'
import { firstSuppressed, unlistAddress } from './suppression-list.ts'
import { aggregateStatus } from './may-send.ts'
import { tenantLimits, tenantUsage } from './tenant-limits.ts'
import { removeTenantPool } from './tenant-pool.ts'
import { noSuchTenant } from './tenant-name.ts'
import { tenants, tenantsById } from './tenants.ts'

/** Tenants that are gone and still have associations or suppression entries to remove, by name. */
export const sweptTenants = collection<{ readonly id: string }>('swept-tenant')

/** When a paused tenant of that name was last deleted, by name: what it had queued must not leave, also when the name is taken again. */
export const pausedDeletions = collection<{ readonly at: number }>('paused-deletion')

/** Decides that a tenant goes. After the commit call `nextSweep` until nothing is left. */
export async function deleteTenantRecord(store: Pick<Store, 'get'>, name: string, now: number): Promise<Decision<undefined> | Refusal> {
  const tenant = await store.get(tenants, name)
  if (!tenant) return noSuchTenant(name)
  return {
    answer: undefined,
    changes: [
      // Any version: a status that is written at the same moment must not save the tenant.
      { type: 'remove', collection: tenants, key: name, expect: 'present' },
      { type: 'remove', collection: tenantsById, key: tenant.value.id, expect: 'present' },
      { type: 'remove', collection: tenantLimits, key: name },
      { type: 'remove', collection: tenantUsage, key: name },
      ...(await removeTenantPool(store, name)),
      { type: 'put', collection: sweptTenants, key: name, value: { id: tenant.value.id } },
      ...(aggregateStatus(tenant.value) === 'DISABLED' ? [{ type: 'put' as const, collection: pausedDeletions, key: name, value: { at: now } }] : []),
    ],
  }
}

/** The next batch of what a deleted tenant left; the last one removes the note. Undefined when nothing is left. Safe to run twice at once. */
export async function nextSweep(store: Pick<Store, 'get' | 'list'>, name: string): Promise<readonly Change[] | undefined> {
  const note = await store.get(sweptTenants, name)
  if (!note) return undefined
  const left = await store.list(associationsByTenant, { prefix: compositeKey(name, ''), limit: sweepBatch })
  const listed = left.length < sweepBatch ? await firstSuppressed(store, note.value.id, sweepBatch - left.length) : []
  const changes = [...left.flatMap(({ value }) => removeAssociation(value)), ...listed.flatMap((entry) => unlistAddress(note.value.id, entry))]
  // This very note: a batch that was read before the name was taken again must not touch the new tenant's associations.
  const expected = { collection: sweptTenants, key: name, expect: note.version }
  return [...changes, { type: left.length + listed.length < sweepBatch ? 'remove' : 'require', ...expected }]
}
