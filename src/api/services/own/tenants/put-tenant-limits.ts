// PutTenantLimits: how much of what all share a tenant may take. Excess waits in the queue; nothing is refused or lost.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { changeLimits } from '../../../../resources/tenant-limits.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { readProvider } from './read-provider.ts'
import { changeTenantLimits } from './tenant-answer.ts'

/** PUT /bulkhead/v1/tenants/{TenantName}/limits?Provider=&RatePerSecond=&Burst=&PerHour=&PerDay=&Weight=&IpSharePercent= (-1: no limit; absent: as it is) */
export const putTenantLimits: OwnOperation = {
  name: 'PutTenantLimits',
  method: 'PUT',
  path: '/bulkhead/v1/tenants/{TenantName}/limits',
  async handle({ labels, query }, _call, parts) {
    const given = new Map(query)
    const provider = readProvider(given.get('Provider'))
    if (isRefusal(provider)) return provider
    given.delete('Provider')
    if (given.size === 0) return refuse('InvalidRequest', { text: 'At least one limit must be given.' })
    return changeTenantLimits(parts, labels.TenantName ?? '', (present) => changeLimits(present, provider, given))
  },
}
