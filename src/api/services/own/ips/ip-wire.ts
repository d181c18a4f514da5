// Sending addresses as their operator sees them, in the shape of model/own-wire.ts.
import type { IpItem, ListIpsAnswer } from '../../../../model/own-wire.ts'
import { dedicatedIpPools, readDedicatedIps, stateOf } from '../../../../resources/dedicated-ips.ts'
import { warmupStanding } from '../../../../resources/warmup-schedule.ts'
import type { Parts } from '../../../operation.ts'
import type { OwnExtras } from '../../../own-operation.ts'

/** What the listing needs. */
export type IpParts = Pick<Parts, 'store' | 'clock'> & Pick<OwnExtras, 'egressInFull' | 'warmupOf' | 'warmupCaps'>

/** Reads and shows all of them. */
export async function ipsAnswer({ store, clock, egressInFull, warmupOf, warmupCaps }: IpParts): Promise<ListIpsAnswer> {
  const { value } = await readDedicatedIps(store)
  const names = [...new Set(egressInFull.map(({ address }) => stateOf(value, address).poolName))]
  const pools = new Map((await Promise.all(names.map((name) => store.get(dedicatedIpPools, name)))).flatMap((pool) => (pool ? [[pool.key, pool.value]] : [])))
  const now = clock.now()
  const items: IpItem[] = []
  for (const { address, ehloName } of egressInFull) {
    const state = stateOf(value, address)
    const managed = pools.get(state.poolName)?.scalingMode === 'MANAGED'
    const plan = managed ? undefined : value.plans?.[state.poolName]
    const { percentage, capToday } = warmupStanding(state, plan, now)
    const standing = await warmupOf({ address, ehloName, warmup: state, plan, managed })
    const [all] = standing
    items.push({
      Ip: address,
      EhloName: ehloName,
      PoolName: state.poolName,
      ScalingMode: managed ? 'MANAGED' : 'STANDARD',
      WarmupStatus: managed ? 'NOT_APPLICABLE' : percentage === 100 ? 'DONE' : 'IN_PROGRESS',
      WarmupPercentage: managed ? -1 : percentage,
      CapToday: managed ? null : (capToday ?? null),
      UsedToday: managed ? standing.reduce((sum, { used }) => sum + used, 0) : capToday === undefined ? null : (all?.used ?? 0),
      FullUntil: managed || all?.fullUntil === undefined ? null : new Date(all.fullUntil).toISOString(),
      Providers: managed
        ? standing.map(({ provider, cap, used, fullUntil, warmth }) => ({
            Provider: provider,
            CapToday: cap,
            UsedToday: used,
            Warmth: Math.round(warmth * 1_000) / 1_000,
            FullUntil: fullUntil === undefined ? null : new Date(fullUntil).toISOString(),
          }))
        : [],
    })
  }
  return { CapsCount: capsCount[warmupCaps], AccountPool: value.accountPool ?? null, Plans: planItems(value.plans), Ips: items }
}

const capsCount = { none: 'NEVER', 'mail-exchangers': 'MAIL_EXCHANGERS', everywhere: 'EVERYWHERE' } as const

function planItems(plans: Readonly<Record<string, readonly number[]>> = {}): ListIpsAnswer['Plans'] {
  return Object.entries(plans).map(([PoolName, caps]) => ({ PoolName, DailyCaps: [...caps] }))
}
