// PutTenantPool: where a tenant's mail leaves when its configuration set names no pool.
import { refuse } from '../../../../model/refusal.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { changedTenantPool } from './tenant-answer.ts'

/** PUT /bulkhead/v1/tenants/{TenantName}/pool?PoolName= */
export const putTenantPool: OwnOperation = {
  name: 'PutTenantPool',
  method: 'PUT',
  path: '/bulkhead/v1/tenants/{TenantName}/pool',
  async handle({ labels, query }, _call, parts) {
    const poolName = query.get('PoolName')
    if (poolName === undefined) return refuse('InvalidRequest', { text: 'PoolName must be given.' })
    return changedTenantPool(parts, labels.TenantName ?? '', poolName)
  },
}
