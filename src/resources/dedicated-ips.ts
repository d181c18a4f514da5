// Our sending addresses and the pools they stand in. Source: ses.md §6. The addresses are those of the settings; nothing adds one by API.
// What is known of all of them is one record: they are few, and a pool that goes moves its addresses in the same commit.
// Leaves to whom: which of a pool's addresses an entry takes, and that it keeps to their caps, is delivery's; what time makes of a warm-up is
// warmup-schedule.ts's; which pool mail goes by is sending-pool.ts's.
import { refuse, type Refusal } from '../model/refusal.ts'
import { collection, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { dedicatedIpPoolsMax } from './limits.ts'
import { poolTenantPrefix, poolTenants } from './pool-tenants.ts'
import type { Tag } from './tenants.ts'
import { type WarmupState, warmupStanding } from './warmup-schedule.ts'

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
export interface DedicatedIpState extends WarmupState {
  readonly poolName: string
}

/** Pools by name. */
export const dedicatedIpPools = collection<DedicatedIpPoolRecord>('dedicated-ip-pool')

/** One record under the key `all`: states by address, and the names of all pools, so that making and removing pools takes turns. */
export const dedicatedIps = collection<DedicatedIpsRecord>('dedicated-ip')

/** See `dedicatedIps`. */
export interface DedicatedIpsRecord {
  readonly states: Readonly<Record<string, DedicatedIpState>>
  readonly poolNames: readonly string[]
  /** Where mail goes that no pool is named for; absent: the default pool. */
  readonly accountPool?: string | undefined
  /** Some tenant has, or had, a pool of its own (tenant-pool.ts). */
  readonly tenantPools?: boolean | undefined
  /** Warm-up plans by pool: a cap for each day. */
  readonly plans?: Readonly<Record<string, readonly number[]>> | undefined
  /** The addresses of the settings were looked at for new ones (note-addresses.ts). */
  readonly noted?: boolean | undefined
}

/** An address as it stands now; the percentage is what time made of it. */
export interface DedicatedIp {
  readonly address: string
  readonly poolName: string
  readonly managed: boolean
  readonly warmupPercentage: number
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
export async function listDedicatedIps(store: Pick<Store, 'get'>, egress: readonly string[], now: number, poolName?: string): Promise<readonly DedicatedIp[]> {
  const { value } = await readDedicatedIps(store)
  const states = egress.map((address) => ({ address, ...stateOf(value, address) })).filter((ip) => poolName === undefined || ip.poolName === poolName)
  const names = [...new Set(states.map((ip) => ip.poolName))]
  const managed = new Set(
    (await Promise.all(names.map((name) => store.get(dedicatedIpPools, name)))).flatMap((pool) => (pool?.value.scalingMode === 'MANAGED' ? [pool.key] : [])),
  )
  return states.map((ip) => ({
    address: ip.address,
    poolName: ip.poolName,
    managed: managed.has(ip.poolName),
    warmupPercentage: warmupStanding(ip, value.plans?.[ip.poolName], now).percentage,
  }))
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

/**
 * Decides the end of a pool; its addresses go to the default pool. Sets that name it refuse to send until they name another. A pool that mail
 * goes by without naming it (the account's, a tenant's) stays: nobody would see where that mail went from then on.
 */
export async function deletePool(store: Pick<Store, 'get' | 'list'>, name: string): Promise<Decision<undefined> | Refusal> {
  if (name === defaultPoolName || name === sharedPoolName) return refuse('InvalidRequest', { text: `The pool <${name}> can't be deleted.` })
  const { value, version } = await readDedicatedIps(store)
  const stored = await store.get(dedicatedIpPools, name)
  if (!stored) return refuse('NotFound', { text: `The requested pool <${name}> does not exist.` })
  if (value.accountPool === name) return refuse('InvalidRequest', { text: `The pool <${name}> is the default pool of the account. Name another first.` })
  const [user] = value.tenantPools ? await store.list(poolTenants, { prefix: poolTenantPrefix(name), limit: 1 }) : []
  if (user)
    return refuse('InvalidRequest', {
      text: `The pool <${name}> is the default pool of tenants, <${user.value.tenantName}> for one. Name another for them first.`,
    })
  const { [name]: _, ...plans } = value.plans ?? {}
  const states = Object.fromEntries(
    Object.entries(value.states).map(([address, state]) => [address, state.poolName === name ? { ...state, poolName: defaultPoolName } : state]),
  )
  return {
    answer: undefined,
    changes: [
      { type: 'remove', collection: dedicatedIpPools, key: name, expect: stored.version },
      {
        type: 'put',
        collection: dedicatedIps,
        key: 'all',
        value: { ...value, states, plans, poolNames: value.poolNames.filter((other) => other !== name) },
        expect: version,
      },
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
