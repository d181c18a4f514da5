// PutDedicatedIpWarmupAttributes: 100 is done, 0 starts anew.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changeDedicatedIp, listDedicatedIps } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'

export const putDedicatedIpWarmupAttributes: Operation<'PutDedicatedIpWarmupAttributes'> = async (input, _call, { store, egress }) => {
  const percentage = input.WarmupPercentage
  if (percentage === undefined) return refuse('InvalidRequest', { text: "Warmup Percentage can't be null." })
  if (percentage < 0 || percentage > 100) return refuse('InvalidRequest', { text: 'Warmup Percentage must be between 0 and 100.' })
  const address = input.Ip ?? ''
  const refusal = await commitDecision(store, async () => {
    const [ip] = egress.includes(address) ? await listDedicatedIps(store, [address]) : []
    if (ip?.managed) return refuse('InvalidRequest', { text: `The warm-up of <${address}> is managed: it stands in a pool with the scaling mode MANAGED.` })
    return changeDedicatedIp(store, egress, address, { warmupPercentage: percentage })
  })
  return isRefusal(refusal) ? refusal : {}
}
