// The beginning of a tenant.
import type { Random } from '../kit/random.ts'
import type { Home } from '../model/arn.ts'
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { sweptTenants } from './delete-tenant.ts'
import { judgeTags } from './tags.ts'
import { judgeNewTenantName, mintTenantId } from './tenant-name.ts'
import { judgeTenantSuppression } from './tenant-suppression.ts'
import { tenantUsage } from './tenant-limits.ts'
import { type Tag, type TenantRecord, tenants, tenantsById } from './tenants.ts'

/** A tenant as the request describes it. */
export interface NewTenant {
  readonly name: string | undefined
  readonly tags: readonly Tag[]
  readonly suppressedReasons: readonly string[] | null | undefined
  readonly suppressionScope: string | null | undefined
}

/**
 * Decides a new tenant. Order of checks: name, tags, suppression, duplicate.
 * What a deleted tenant of the name left must be swept before (`nextSweep`), or the commit conflicts.
 */
export async function createTenantRecord(
  { store, random, home, now }: { store: Pick<Store, 'get'>; random: Random; home: Home; now: number },
  request: NewTenant,
): Promise<Decision<TenantRecord> | Refusal> {
  const { name = '', tags } = request
  const fault = judgeNewTenantName(request.name) ?? judgeTags(tags)
  if (fault) return fault
  const suppression = judgeTenantSuppression(request.suppressedReasons, request.suppressionScope)
  if (isRefusal(suppression)) return suppression
  if (await store.get(tenants, name)) return refuse('AlreadyExists', { text: `Tenant with name ${name} already exists in account ${home.accountId}` })
  const tenant: TenantRecord = {
    name,
    id: mintTenantId(random),
    createdAt: now,
    tags,
    suppression: suppression.attributes,
    policy: 'standard',
    customerManaged: undefined,
    serviceManaged: undefined,
    impact: 'NONE',
  }
  return {
    answer: tenant,
    changes: [
      { type: 'require', collection: sweptTenants, key: name, expect: 'absent' },
      { type: 'put', collection: tenants, key: name, value: tenant, expect: 'absent' },
      // Counts of an earlier tenant of the name, written at the moment it went.
      { type: 'remove', collection: tenantUsage, key: name },
      { type: 'put', collection: tenantsById, key: tenant.id, value: { name }, expect: 'absent' },
    ],
  }
}
