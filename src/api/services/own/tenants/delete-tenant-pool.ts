// DeleteTenantPool: the tenant's mail goes by the pool of the account again.
import type { OwnOperation } from '../../../own-operation.ts'
import { changedTenantPool } from './tenant-answer.ts'

/** DELETE /bulkhead/v1/tenants/{TenantName}/pool */
export const deleteTenantPool: OwnOperation = {
  name: 'DeleteTenantPool',
  method: 'DELETE',
  path: '/bulkhead/v1/tenants/{TenantName}/pool',
  handle: ({ labels }, _call, parts) => changedTenantPool(parts, labels.TenantName ?? '', undefined),
}
