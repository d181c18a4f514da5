// DeleteTenantLimits: the tenant sends without limits of its own again.
import type { OwnOperation } from '../../../own-operation.ts'
import { changeTenantLimits } from './tenant-answer.ts'

/** DELETE /bulkhead/v1/tenants/{TenantName}/limits */
export const deleteTenantLimits: OwnOperation = {
  name: 'DeleteTenantLimits',
  method: 'DELETE',
  path: '/bulkhead/v1/tenants/{TenantName}/limits',
  handle: ({ labels }, _call, parts) => changeTenantLimits(parts, labels.TenantName ?? '', () => ({})),
}
