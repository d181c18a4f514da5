// PutDedicatedIpWarmupAttributes: 100 is done, 0 starts anew. With automatic warm-up time goes on from there, without it the percentage stays.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { readAccount } from '../../../../resources/account.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changeDedicatedIp, listDedicatedIps } from '../../../../resources/dedicated-ips.ts'
import { utcDay } from '../../../../resources/warmup-schedule.ts'
import type { Operation } from '../../../operation.ts'

export const putDedicatedIpWarmupAttributes: Operation<'PutDedicatedIpWarmupAttributes'> = async (input, _call, { store, clock, egress, statusChanged }) => {
  const percentage = input.WarmupPercentage
  if (percentage === undefined) return refuse('InvalidRequest', { text: "Warmup Percentage can't be null." })
  if (percentage < 0 || percentage > 100) return refuse('InvalidRequest', { text: 'Warmup Percentage must be between 0 and 100.' })
  const address = input.Ip ?? ''
  const refusal = await commitDecision(store, async () => {
    const [ip] = egress.includes(address) ? await listDedicatedIps(store, [address], clock.now()) : []
    if (ip?.managed) return refuse('InvalidRequest', { text: `The warm-up of <${address}> is managed: it stands in a pool with the scaling mode MANAGED.` })
    const moves = percentage < 100 && (await readAccount(store)).value.dedicatedIpAutoWarmup
    return changeDedicatedIp(store, egress, address, { warmupPercentage: percentage, warmupSinceDay: moves ? utcDay(clock.now()) : undefined })
  })
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
