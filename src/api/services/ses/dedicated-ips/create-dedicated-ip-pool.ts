// CreateDedicatedIpPool. A new pool is empty; addresses are moved in.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createPool, judgePoolName } from '../../../../resources/dedicated-ips.ts'
import { judgeTags } from '../../../../resources/tags.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'

export const createDedicatedIpPool: Operation<'CreateDedicatedIpPool'> = async (input, _call, { store, clock }) => {
  const { PoolName: name = '', ScalingMode: scalingMode = 'STANDARD' } = input
  const tags = readTags(input.Tags)
  const fault = judgePoolName(name) ?? judgeTags(tags)
  if (fault) return fault
  if (scalingMode !== 'STANDARD' && scalingMode !== 'MANAGED') return refuse('InvalidRequest', { text: 'The ScalingMode parameter is invalid.' })
  const refusal = await commitDecision(store, () => createPool(store, { name, createdAt: clock.now(), tags, scalingMode }))
  return isRefusal(refusal) ? refusal : {}
}
