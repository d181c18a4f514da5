// PutDedicatedIpPoolScalingAttributes: STANDARD may become MANAGED, never the other way.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { dedicatedIpPools, defaultPoolName, requirePool } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'

export const putDedicatedIpPoolScalingAttributes: Operation<'PutDedicatedIpPoolScalingAttributes'> = async (input, _call, { store, egress, statusChanged }) => {
  const { PoolName: name = '', ScalingMode: scalingMode } = input
  if (scalingMode !== 'STANDARD' && scalingMode !== 'MANAGED') return refuse('InvalidRequest', { text: 'The ScalingMode parameter is invalid.' })
  if (name === defaultPoolName && egress.length > 0) {
    return scalingMode === 'STANDARD' ? {} : refuse('InvalidRequest', { text: `The scaling mode of the pool <${name}> can't be changed.` })
  }
  const refusal = await commitDecision(store, async () => {
    const pool = await requirePool(store, name)
    if (isRefusal(pool)) return pool
    if (pool.value.scalingMode === scalingMode) return { answer: undefined, changes: [] }
    if (scalingMode === 'STANDARD') return refuse('InvalidRequest', { text: `The pool <${name}> is MANAGED and can't be changed to STANDARD.` })
    return {
      answer: undefined,
      changes: [{ type: 'put', collection: dedicatedIpPools, key: name, value: { ...pool.value, scalingMode }, expect: pool.version }],
    }
  })
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
