// A pool's own warm-up plan: a cap for each day, instead of SES's schedule.
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { dedicatedIps, defaultPoolName, readDedicatedIps, requirePool } from './dedicated-ips.ts'

const daysMax = 365
const capMax = 100_000_000

/** Decides a pool's plan. @param given caps separated by commas; undefined takes the plan away. */
export async function changeWarmupPlan(store: Pick<Store, 'get'>, poolName: string, given: string | undefined): Promise<Decision<undefined> | Refusal> {
  if (poolName !== defaultPoolName) {
    const pool = await requirePool(store, poolName)
    if (!('value' in pool)) return pool
    if (given !== undefined && pool.value.scalingMode === 'MANAGED')
      return refuse('InvalidRequest', { text: `The pool <${poolName}> is MANAGED: its caps follow what providers make of the mail, not a plan.` })
  }
  const { value, version } = await readDedicatedIps(store)
  const { [poolName]: present, ...others } = value.plans ?? {}
  if (given === undefined && !present) return { answer: undefined, changes: [] }
  const caps = given?.split(',').map((text) => (/^ *\d{1,9} *$/.test(text) ? Number(text) : Number.NaN))
  if (caps && (caps.length > daysMax || !caps.every((cap) => cap >= 1 && cap <= capMax)))
    return refuse('InvalidRequest', { text: `DailyCaps must be 1 to ${daysMax} whole numbers between 1 and ${capMax}, separated by commas.` })
  const plans = caps ? { ...others, [poolName]: caps } : others
  return { answer: undefined, changes: [{ type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, plans }, expect: version }] }
}
