// DeleteTenantLimits: the tenant sends without limits of its own again, to everybody or to one provider.
import { isRefusal } from '../../../../model/refusal.ts'
import { clearLimits } from '../../../../resources/tenant-limits.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { readProvider } from './read-provider.ts'
import { changeTenantLimits } from './tenant-answer.ts'

/** DELETE /bulkhead/v1/tenants/{TenantName}/limits?Provider= (absent: all limits) */
export const deleteTenantLimits: OwnOperation = {
  name: 'DeleteTenantLimits',
  method: 'DELETE',
  path: '/bulkhead/v1/tenants/{TenantName}/limits',
  async handle({ labels, query }, _call, parts) {
    const provider = readProvider(query.get('Provider'))
    if (isRefusal(provider)) return provider
    return changeTenantLimits(parts, labels.TenantName ?? '', (present) => clearLimits(present, provider))
  },
}
