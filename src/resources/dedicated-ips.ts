// Our sending addresses and the pools they stand in. Source: ses.md §6. The addresses are those of the settings; nothing adds one by API.
// What is known of all of them is one record: they are few, and a pool that goes moves its addresses in the same commit.
// Leaves to whom: which of a pool's addresses an entry takes is delivery's; the schedule of warm-up comes later, so percentages say
// what somebody set and never move by themselves.
import { refuse, type Refusal } from '../model/refusal.ts'
import { collection, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { dedicatedIpPoolsMax } from './limits.ts'
import type { Tag } from './tenants.ts'

/** Where an address stands that was never moved. */
export const defaultPoolName = 'ses-default-dedicated-pool'
/** SES's name for addresses that belong to nobody; here the same as the default pool, and never a place for a dedicated address. */
export const sharedPoolName = 'ses-shared-pool'

/** A pool that somebody made. */
export interface DedicatedIpPoolRecord {
  readonly name: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly scalingMode: 'STANDARD' | 'MANAGED'
}

/** What was said about one address. */
export interface DedicatedIpState {
  readonly poolName: string
  /** 100 is done. */
  readonly warmupPercentage: number
}

/** Pools by name. */
export const dedicatedIpPools = collection<DedicatedIpPoolRecord>('dedicated-ip-pool')

/** One record under the key `all`: states by address, and the names of all pools, so that making and removing pools takes turns. */
export const dedicatedIps = collection<DedicatedIpsRecord>('dedicated-ip')

/** See `dedicatedIps`. */
export interface DedicatedIpsRecord {
  readonly states: Readonly<Record<string, DedicatedIpState>>
  readonly poolNames: readonly string[]
}

/** An address as it stands now. */
export interface DedicatedIp extends DedicatedIpState {
  readonly address: string
  readonly managed: boolean
}

const untouched: DedicatedIpState = { poolName: defaultPoolName, warmupPercentage: 100 }
const nothingYet: DedicatedIpsRecord = { states: {}, poolNames: [] }

/** The record; an empty one with version 'absent' until something was changed. */
export async function readDedicatedIps(store: Pick<Store, 'get'>): Promise<{ value: DedicatedIpsRecord; version: number | 'absent' }> {
  const stored = await store.get(dedicatedIps, 'all')
  return stored ? { value: stored.value, version: stored.version } : { value: nothingYet, version: 'absent' }
}

/** State of one of our addresses. */
export function stateOf(record: DedicatedIpsRecord, address: string): DedicatedIpState {
  return record.states[address] ?? untouched
}

/** The addresses of `egress` in their order, or those of one pool. */
export async function listDedicatedIps(store: Pick<Store, 'get'>, egress: readonly string[], poolName?: string): Promise<readonly DedicatedIp[]> {
  const { value } = await readDedicatedIps(store)
  const states = egress.map((address) => ({ address, ...stateOf(value, address) })).filter((ip) => poolName === undefined || ip.poolName === poolName)
  const names = [...new Set(states.map((ip) => ip.poolName))]
  const managed = new Set(
    (await Promise.all(names.map((name) => store.get(dedicatedIpPools, name)))).flatMap((pool) => (pool?.value.scalingMode === 'MANAGED' ? [pool.key] : [])),
  )
  return states.map((ip) => ({ ...ip, managed: managed.has(ip.poolName) }))
}

/**
 * The addresses that may send for a configuration set with this pool: the pool's, or the default pool's when none is named, it is gone or has none.
 * @returns undefined when every address may: nothing was moved, or no address is left for mail without a pool of its own.
 */
export function sendingAddresses(record: DedicatedIpsRecord, egress: readonly string[], poolName: string | undefined): readonly string[] | undefined {
  const inPool = (name: string) => egress.filter((address) => stateOf(record, address).poolName === name)
  const own = poolName === undefined || poolName === sharedPoolName ? [] : inPool(poolName)
  const chosen = own.length > 0 ? own : inPool(defaultPoolName)
  return chosen.length === 0 || chosen.length === egress.length ? undefined : chosen
}

/** Whether a configuration set may name the pool. */
export async function poolExists(store: Pick<Store, 'get'>, name: string): Promise<boolean> {
  return name === defaultPoolName || name === sharedPoolName || (await store.get(dedicatedIpPools, name)) !== undefined
}

/** The pool, or the refusal in SES's words. */
export async function requirePool(store: Pick<Store, 'get'>, name: string): Promise<Stored<DedicatedIpPoolRecord> | Refusal> {
  return (await store.get(dedicatedIpPools, name)) ?? refuse('NotFound', { text: `The requested pool <${name}> does not exist.` })
}

/** Decides a new pool; its name, tags and mode are judged already. */
export async function createPool(store: Pick<Store, 'get'>, pool: DedicatedIpPoolRecord): Promise<Decision<undefined> | Refusal> {
  const { value, version } = await readDedicatedIps(store)
  if (await poolExists(store, pool.name)) return refuse('AlreadyExists', { text: `The pool <${pool.name}> already exists.` })
  if (value.poolNames.length >= dedicatedIpPoolsMax)
    return refuse('LimitExceeded', { text: `You have reached the maximum number of dedicated IP pools, ${dedicatedIpPoolsMax}.` })
  return {
    answer: undefined,
    changes: [
      { type: 'put', collection: dedicatedIpPools, key: pool.name, value: pool, expect: 'absent' },
      { type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, poolNames: [...value.poolNames, pool.name].sort() }, expect: version },
    ],
  }
}

/** Decides the end of a pool; its addresses go to the default pool. Sets that name it refuse to send until they name another. */
export async function deletePool(store: Pick<Store, 'get'>, name: string): Promise<Decision<undefined> | Refusal> {
  if (name === defaultPoolName || name === sharedPoolName) return refuse('InvalidRequest', { text: `The pool <${name}> can't be deleted.` })
  const { value, version } = await readDedicatedIps(store)
  const stored = await store.get(dedicatedIpPools, name)
  if (!stored) return refuse('NotFound', { text: `The requested pool <${name}> does not exist.` })
  const states = Object.fromEntries(
    Object.entries(value.states).map(([address, state]) => [address, state.poolName === name ? { ...state, poolName: defaultPoolName } : state]),
  )
  return {
    answer: undefined,
    changes: [
      { type: 'remove', collection: dedicatedIpPools, key: name, expect: stored.version },
      { type: 'put', collection: dedicatedIps, key: 'all', value: { states, poolNames: value.poolNames.filter((other) => other !== name) }, expect: version },
    ],
  }
}

/** Decides a change of one address. A pool that is named must be there; making and removing pools takes turns with this. */
export async function changeDedicatedIp(
  store: Pick<Store, 'get'>,
  egress: readonly string[],
  address: string,
  changed: Partial<DedicatedIpState>,
): Promise<Decision<undefined> | Refusal> {
  if (!egress.includes(address)) return unknownIp(address)
  const { value, version } = await readDedicatedIps(store)
  const { poolName } = changed
  if (poolName !== undefined && poolName !== defaultPoolName) {
    const pool = await requirePool(store, poolName)
    if (!('value' in pool)) return pool
  }
  const states = { ...value.states, [address]: { ...stateOf(value, address), ...changed } }
  return { answer: undefined, changes: [{ type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, states }, expect: version }] }
}

/** SES's answer for an address that is not ours. */
export function unknownIp(address: string): Refusal {
  return refuse('NotFound', { text: `Could not find dedicated IP <${address}> under this account.` })
}

/** Judges the name of a new pool. */
export function judgePoolName(name: string | undefined): Refusal | undefined {
  if (!name?.trim()) return refuse('InvalidRequest', { text: "Pool name can't be blank." })
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return undefined
  return refuse('InvalidRequest', { text: 'The pool name must have 1 to 64 letters, digits, dashes and underscores.' })
}
