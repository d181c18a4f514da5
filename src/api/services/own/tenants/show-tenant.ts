// ShowTenant: the twin of GetTenant, with limits and what they counted.
import type { OwnOperation } from '../../../own-operation.ts'
import { tenantAnswer } from './tenant-answer.ts'

/** GET /bulkhead/v1/tenants/{TenantName} */
export const showTenant: OwnOperation = {
  name: 'ShowTenant',
  method: 'GET',
  path: '/bulkhead/v1/tenants/{TenantName}',
  handle: ({ labels }, _call, parts) => tenantAnswer(parts, labels.TenantName ?? ''),
}
