// Which addresses mail leaves by: those of the pool that its configuration set names, else its tenant, else the account; else those outside all pools.
// A pool without an address on this node keeps its mail waiting: another pool is another sender's reputation, and never taken silently.
// Leaves to whom: which of the addresses a message takes, and when, is delivery's.
import type { Store } from '../storage/store.ts'
import { dedicatedIpPools, type DedicatedIpsRecord, defaultPoolName, readDedicatedIps, sharedPoolName, stateOf } from './dedicated-ips.ts'
import { tenantPools } from './pool-tenants.ts'
import { type WarmupState, warmupStanding } from './warmup-schedule.ts'

/** One address of a pool. */
export interface PoolAddress {
  readonly address: string
  readonly warmup: WarmupState
  /** The pool's own plan; undefined: SES's schedule. */
  readonly plan: readonly number[] | undefined
  readonly managed: boolean
}

/** Where mail goes. */
export interface SendingPool {
  readonly name: string
  readonly addresses: readonly PoolAddress[]
  /** Addresses outside all pools, for what a young pool has no room for; none for these themselves. */
  readonly overflow: readonly PoolAddress[]
  /** Some of `addresses` has a cap. */
  readonly capped: boolean
  /** Why the mail waits, for people; undefined: it may go. */
  readonly hold: string | undefined
}

/** @param setPool what the configuration set names. @param tenantName empty without tenant. */
export async function sendingPool(
  store: Pick<Store, 'get'>,
  egress: readonly string[],
  { setPool, tenantName }: { setPool: string | undefined; tenantName: string },
  now: number,
): Promise<SendingPool> {
  const { value } = await readDedicatedIps(store)
  const tenantPool = setPool === undefined && value.tenantPools && tenantName !== '' ? (await store.get(tenantPools, tenantName))?.value.poolName : undefined
  const wanted = setPool ?? tenantPool ?? value.accountPool ?? defaultPoolName
  const name = wanted === sharedPoolName ? defaultPoolName : wanted
  const pool = name === defaultPoolName ? undefined : (await store.get(dedicatedIpPools, name))?.value
  const addresses = poolAddresses(value, egress, name, pool?.scalingMode === 'MANAGED')
  return {
    name,
    addresses,
    overflow: name === defaultPoolName ? [] : poolAddresses(value, egress, defaultPoolName, false),
    capped: addresses.some(({ managed, warmup, plan }) => managed || warmupStanding(warmup, plan, now).capToday !== undefined),
    hold: addresses.length > 0 ? undefined : holdText(name, pool !== undefined),
  }
}

function poolAddresses(record: DedicatedIpsRecord, egress: readonly string[], name: string, managed: boolean): PoolAddress[] {
  const plan = managed ? undefined : record.plans?.[name]
  return egress.flatMap((address) => {
    const warmup = stateOf(record, address)
    return warmup.poolName === name ? [{ address, warmup, plan, managed }] : []
  })
}

function holdText(name: string, exists: boolean): string {
  if (name === defaultPoolName)
    return 'No pool is named for it, and every sending address of this node stands in a pool: name a pool by configuration set, tenant or account.'
  return exists ? `The pool <${name}> has no sending address on this node.` : `The pool <${name}> does not exist.`
}
