// A tenant as its operator sees it, in the shape of model/own-wire.ts: what SES shows, and the limits that SES lacks.
import { sesArn } from '../../../../model/arn.ts'
import type { TenantAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { aggregateStatus } from '../../../../resources/may-send.ts'
import { limitsOnWire, type TenantLimits, type TenantUsage, tenantLimits, tenantUsage, usedIn } from '../../../../resources/tenant-limits.ts'
import { judgeTenantName, noSuchTenant } from '../../../../resources/tenant-name.ts'
import { tenantPools } from '../../../../resources/pool-tenants.ts'
import { changeTenantPool } from '../../../../resources/tenant-pool.ts'
import { tenants } from '../../../../resources/tenants.ts'
import type { Parts } from '../../../operation.ts'
import type { OwnExtras } from '../../../own-operation.ts'

type TenantParts = Pick<Parts, 'store' | 'home' | 'clock' | 'statusChanged'> & Pick<OwnExtras, 'explainTenant'>

/** Reads and shows it. */
export async function tenantAnswer({ store, home, clock, explainTenant }: TenantParts, name: string): Promise<TenantAnswer | Refusal> {
  const fault = judgeTenantName(name)
  if (fault) return fault
  const tenant = (await store.get(tenants, name))?.value
  if (!tenant) return noSuchTenant(name)
  const limits = (await store.get(tenantLimits, name))?.value
  const usage = limits && (await store.get(tenantUsage, name))?.value
  const waiting = limits && explainTenant(name)
  return {
    TenantName: name,
    TenantId: tenant.id,
    TenantArn: sesArn(home, 'tenant', `${name}/${tenant.id}`),
    CreatedTimestamp: new Date(tenant.createdAt).toISOString(),
    SendingStatus: aggregateStatus(tenant),
    PoolName: (await store.get(tenantPools, name))?.value.poolName ?? null,
    Limits: {
      ...limitsOnWire(limits ?? {}),
      ...(limits?.providers
        ? { Providers: Object.fromEntries(Object.entries(limits.providers).map(([provider, group]) => [provider, limitsOnWire(group)])) }
        : {}),
    },
    Usage: usage ? usageOnWire(usage, clock.now()) : null,
    Waiting: waiting ? { Limit: waiting.limit, Until: new Date(waiting.until).toISOString() } : null,
  }
}

/** Commits other limits and shows what became of them; the delivery road acts on them at once. */
export async function changeTenantLimits(
  parts: TenantParts,
  name: string,
  decide: (present: TenantLimits) => TenantLimits | Refusal,
): Promise<TenantAnswer | Refusal> {
  const { store, statusChanged } = parts
  const fault = judgeTenantName(name)
  if (fault) return fault
  const refusal = await commitDecision(store, async () => {
    if (!(await store.get(tenants, name))) return noSuchTenant(name)
    const stored = await store.get(tenantLimits, name)
    const limits = decide(stored?.value ?? {})
    if (isRefusal(limits)) return limits
    const isEmpty = Object.keys(limits).length === 0
    if (isEmpty && !stored) return { answer: undefined, changes: [] }
    return {
      answer: undefined,
      changes: [
        { type: 'require', collection: tenants, key: name, expect: 'present' },
        isEmpty
          ? { type: 'remove', collection: tenantLimits, key: name, ...(stored ? { expect: stored.version } : {}) }
          : { type: 'put', collection: tenantLimits, key: name, value: limits, expect: stored?.version ?? 'absent' },
      ],
    }
  })
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return tenantAnswer(parts, name)
}

/** Commits another default pool and shows the tenant; what waits is judged by it at once. */
export async function changedTenantPool(parts: TenantParts, name: string, poolName: string | undefined): Promise<TenantAnswer | Refusal> {
  const fault = judgeTenantName(name)
  if (fault) return fault
  const refusal = await commitDecision(parts.store, () => changeTenantPool(parts.store, name, poolName))
  if (isRefusal(refusal)) return refusal
  parts.statusChanged()
  return tenantAnswer(parts, name)
}

function usageOnWire(usage: TenantUsage, now: number): TenantAnswer['Usage'] {
  const shown = (counts: TenantUsage['all']) => {
    const { hour, day } = usedIn(counts, now)
    return { LastHour: hour, Last24Hours: day }
  }
  return { ...shown(usage.all), Providers: Object.fromEntries(Object.entries(usage.providers).map(([provider, counts]) => [provider, shown(counts)])) }
}
