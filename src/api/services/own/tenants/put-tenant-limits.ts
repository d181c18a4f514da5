// PutTenantLimits: how much of what all share a tenant may take. Excess waits in the queue; nothing is refused or lost.
import { providerNamed } from '../../../../mail/mailbox-provider.ts'
import { refuse } from '../../../../model/refusal.ts'
import { changeLimits } from '../../../../resources/tenant-limits.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { changeTenantLimits } from './tenant-answer.ts'

/** PUT /bulkhead/v1/tenants/{TenantName}/limits?Provider=&RatePerSecond=&Burst=&PerHour=&PerDay=&Weight=&IpSharePercent= (-1: no limit; absent: as it is) */
export const putTenantLimits: OwnOperation = {
  name: 'PutTenantLimits',
  method: 'PUT',
  path: '/bulkhead/v1/tenants/{TenantName}/limits',
  async handle({ labels, query }, _call, parts) {
    const given = new Map(query)
    const word = given.get('Provider')
    given.delete('Provider')
    const provider = word === undefined ? undefined : providerNamed(word)
    if (word !== undefined && provider === undefined)
      return refuse('InvalidRequest', { text: `<${word.slice(0, 64)}> is not a mailbox provider that is told apart, such as google, yahoo or outlook.` })
    if (given.size === 0) return refuse('InvalidRequest', { text: 'At least one limit must be given.' })
    return changeTenantLimits(parts, labels.TenantName ?? '', (present) => changeLimits(present, provider, given))
  },
}
