// Deterministic Easy DKIM: a replica signs with the tokens and the key of the same domain at a parent. The parent keeps a lease for each
// replica that asked lately, and is not deleted while one runs; the replica keeps what it has to give back. Source: ses.md §4.3.
import { refuse, type Refusal } from '../model/refusal.ts'
import { type Change, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { type DkimSettings, identities, type IdentityRecord } from './identities.ts'
import { normaliseDomain } from './identity-name.ts'
import { leaseMsMax, leaseRenewalMs, replicasMax } from './limits.ts'
import { putIdentity, removeIdentity } from './put-identity.ts'

/** One replica of a domain of ours. */
export interface DkimReplica {
  readonly name: string
  readonly region: string
  /** Host name of the Bulkhead that asked. */
  readonly host: string
  readonly renewedAt: number
}

/** Leases of replicas; key: `compositeKey(domain, region, host)`. */
export const dkimReplicas = collection<DkimReplica>('dkim-replica')

/** Who asks for a key, or gives it back. */
export type ReplicaName = Pick<DkimReplica, 'name' | 'region' | 'host'>

/** Reads who a request is about; a region and a host in their usual form. */
export function readReplicaName(name: string, region: string, host: string): ReplicaName | Refusal {
  const domain = normaliseDomain(name)
  if (!domain) return refuse('InvalidRequest', { text: 'Identity must be a domain.' })
  if (!/^[a-z0-9-]{1,32}$/.test(region)) return refuse('InvalidRequest', { text: 'ReplicaRegion must be a region name.' })
  if (host.length > 253 || !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host)) return refuse('InvalidRequest', { text: 'ReplicaHost must be a host name.' })
  return { name: domain, region, host }
}

/** Lends the DKIM of a domain to a replica. The refusals begin with SES's `VerificationError`, which the replica shows. */
export async function lendDkim(store: Pick<Store, 'get' | 'list'>, replica: ReplicaName, now: number): Promise<Decision<DkimSettings> | Refusal> {
  const { name, region, host } = replica
  const stored = await store.get(identities, name)
  const dkim = stored?.value.dkim
  if (!stored || !dkim) return refuse('NotFound', { text: `REPLICATION_PRIMARY_NOT_FOUND: Email identity ${name} does not exist.` })
  if (dkim.parent) return refuse('InvalidRequest', { text: `REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED: ${name} is itself a replica.` })
  if (dkim.origin !== 'AWS_SES') return refuse('InvalidRequest', { text: `REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED: ${name} signs with a key of its own.` })
  const key = compositeKey(name, region, host)
  const lease = await store.get(dkimReplicas, key)
  if (lease && now - lease.value.renewedAt < leaseRenewalMs) return { answer: dkim, changes: [] }
  const put: Change = { type: 'put', collection: dkimReplicas, key, value: { name, region, host, renewedAt: now }, expect: lease?.version ?? 'absent' }
  if (lease) return { answer: dkim, changes: [put] }
  const others = await leases(store, name)
  if (others.length >= replicasMax) return refuse('LimitExceeded', { text: `${name} has ${replicasMax} replicas already.` })
  // The identity is written with a new lease, so that a deletion that did not see the lease is judged anew.
  return { answer: dkim, changes: [put, ...putIdentity(stored, stored.value)] }
}

/** Ends a lease; nothing to do when there is none. */
export async function endLease(store: Pick<Store, 'get'>, { name, region, host }: ReplicaName): Promise<Decision<undefined>> {
  const lease = await store.get(dkimReplicas, compositeKey(name, region, host))
  return { answer: undefined, changes: lease ? [{ type: 'remove', collection: dkimReplicas, key: lease.key, expect: lease.version }] : [] }
}

/** The deletion of an identity with the leases that go along; refused while one runs. */
export async function removeWithLeases(store: Pick<Store, 'list'>, identity: Stored<IdentityRecord>, now: number): Promise<Decision<undefined> | Refusal> {
  const all = await leases(store, identity.key)
  const running = all.filter(({ value }) => now - value.renewedAt < leaseMsMax)
  if (running.length > 0) {
    const regions = [...new Set(running.map(({ value }) => value.region))].join(', ')
    return refuse('InvalidRequest', { text: `Email identity ${identity.key} cannot be deleted while it is the parent of replica identities in: ${regions}.` })
  }
  const ended = all.map(({ key, version }) => ({ type: 'remove' as const, collection: dkimReplicas, key, expect: version }))
  return { answer: undefined, changes: [...removeIdentity(identity), ...ended] }
}

function leases(store: Pick<Store, 'list'>, name: string): Promise<Stored<DkimReplica>[]> {
  return store.list(dkimReplicas, { prefix: compositeKey(name, ''), limit: replicasMax })
}
