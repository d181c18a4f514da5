// GetDedicatedIpPool. The default pool is there as soon as there is an address.
import { isRefusal } from '../../../../model/refusal.ts'
import { defaultPoolName, requirePool } from '../../../../resources/dedicated-ips.ts'
import type { Operation } from '../../../operation.ts'

export const getDedicatedIpPool: Operation<'GetDedicatedIpPool'> = async (input, _call, { store, egress }) => {
  const name = input.PoolName ?? ''
  if (name === defaultPoolName && egress.length > 0) return { DedicatedIpPool: { PoolName: name, ScalingMode: 'STANDARD' } }
  const pool = await requirePool(store, name)
  return isRefusal(pool) ? pool : { DedicatedIpPool: { PoolName: name, ScalingMode: pool.value.scalingMode } }
}
