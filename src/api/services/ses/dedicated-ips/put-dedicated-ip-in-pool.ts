// PutDedicatedIpInPool: an address stands in exactly one pool; what leaves from now on goes by the new one.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changeDedicatedIp } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'

export const putDedicatedIpInPool: Operation<'PutDedicatedIpInPool'> = async (input, _call, { store, egress, statusChanged }) => {
  const poolName = input.DestinationPoolName
  if (!poolName?.trim()) return refuse('InvalidRequest', { text: "Pool name can't be blank." })
  const refusal = await commitDecision(store, () => changeDedicatedIp(store, egress, input.Ip ?? '', { poolName }))
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
