// What the gate is told of pools: the addresses that mail of a tenant and configuration set may leave by, and what keeps it waiting.
import { type PoolAddress, sendingPool } from '../../resources/sending-pool.ts'
import type { Store } from '../../storage/store.ts'
import type { Egress } from '../choose-egress.ts'
import type { SendingStates } from '../gate.ts'
import type { WarmingAddress } from './warming-pool.ts'

/** The part of the states that pools decide. */
export type PoolStates = Pick<SendingStates, 'egress' | 'warming' | 'poolHold' | 'poolName'>

/** @param caps whether warm-up caps count; without them every address of a pool sends as it is. */
export function createPoolStates({
  store,
  egress,
  caps,
  now,
}: {
  store: Pick<Store, 'get'>
  egress: readonly Egress[]
  caps: boolean
  now: () => number
}): (names: { setPool: string | undefined; tenantName: string }) => Promise<PoolStates> {
  const byAddress = new Map(egress.map((one) => [one.address, one]))
  const addresses = egress.map(({ address }) => address)
  const inFull = (found: readonly PoolAddress[]) => found.map((one): WarmingAddress => ({ ...one, ehloName: byAddress.get(one.address)?.ehloName ?? '' }))
  return async (names) => {
    // The system chooses: there is nothing to have pools of.
    if (egress.length === 0) return {}
    const pool = await sendingPool(store, addresses, names, now())
    if (pool.hold !== undefined) return { poolHold: pool.hold, poolName: pool.name }
    const own = pool.addresses.flatMap(({ address }) => byAddress.get(address) ?? [])
    return {
      poolName: pool.name,
      egress: own.length === egress.length ? undefined : own,
      warming: caps && pool.capped ? { name: pool.name, addresses: inFull(pool.addresses), overflow: inFull(pool.overflow) } : undefined,
    }
  }
}
