// DeleteDedicatedIpPool; its addresses go to the default pool.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { deletePool } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'

export const deleteDedicatedIpPool: Operation<'DeleteDedicatedIpPool'> = async (input, _call, { store, statusChanged }) => {
  const refusal = await commitDecision(store, () => deletePool(store, input.PoolName ?? ''))
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
