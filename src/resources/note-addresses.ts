// Addresses that the settings name for the first time. With automatic warm-up (SES's default) each begins at day 1; without it, and all that were
// here before this service knew of warm-up, are done.
import type { Store } from '../storage/store.ts'
import { readAccount } from './account.ts'
import type { Decision } from './commit-record.ts'
import { dedicatedIps, defaultPoolName, type DedicatedIpState, readDedicatedIps } from './dedicated-ips.ts'
import { utcDay } from './warmup-schedule.ts'

/**
 * Decides what new addresses are. Answers those that begin to warm up.
 * @param startsEmpty nothing was ever sent from this data: addresses that are not known are new, not merely unknown to an older version.
 */
export async function noteAddresses(
  store: Pick<Store, 'get'>,
  egress: readonly string[],
  { now, startsEmpty }: { now: number; startsEmpty: boolean },
): Promise<Decision<readonly string[]>> {
  const { value, version } = await readDedicatedIps(store)
  const unknown = [...new Set(egress)].filter((address) => value.states[address] === undefined)
  if (unknown.length === 0 && value.noted) return { answer: [], changes: [] }
  const { dedicatedIpAutoWarmup } = (await readAccount(store)).value
  const warms = dedicatedIpAutoWarmup && (value.noted === true || startsEmpty)
  const state: DedicatedIpState = warms
    ? { poolName: defaultPoolName, warmupPercentage: 0, warmupSinceDay: utcDay(now) }
    : { poolName: defaultPoolName, warmupPercentage: 100 }
  const states = { ...value.states, ...Object.fromEntries(unknown.map((address) => [address, state])) }
  return {
    answer: warms ? unknown : [],
    changes: [{ type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, states, noted: true }, expect: version }],
  }
}
