// PutAccountPool: where mail leaves that neither its configuration set nor its tenant names a pool for.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { changeAccountPool } from '../../../../resources/tenant-pool.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { changedAccount } from './account-wire.ts'

/** PUT /bulkhead/v1/account/pool?PoolName= (ses-default-dedicated-pool: the addresses outside all pools, as without a decision) */
export const putAccountPool: OwnOperation = {
  name: 'PutAccountPool',
  method: 'PUT',
  path: '/bulkhead/v1/account/pool',
  async handle({ query }, _call, parts) {
    const poolName = query.get('PoolName')
    if (poolName === undefined) return refuse('InvalidRequest', { text: 'PoolName must be given.' })
    const answer = await changedAccount(parts, () => changeAccountPool(parts.store, poolName))
    if (!isRefusal(answer)) parts.statusChanged()
    return answer
  },
}
