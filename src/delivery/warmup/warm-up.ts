// Warm-up on the road: a place for each message whose pool has caps, before it joins the line of its site; counted when tried, given back when not.
// Mail of pools without caps never comes here.
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { ReplyClass } from '../../mail/classify-reply.ts'
import { providerOfMx } from '../../mail/mailbox-provider.ts'
import type { Store } from '../../storage/store.ts'
import { addressNumber } from '../choose-egress.ts'
import type { Job } from '../job.ts'
import type { Destination } from '../resolve-destination.ts'
import { type AddressCaps, type AttemptEnd, type CapStanding, createAddressCaps } from './address-caps.ts'
import { asksMax, providerKeyMax, putOffMax } from './limits.ts'
import { placeByCap } from './place-by-cap.ts'
import type { WarmingAddress, WarmingPool } from './warming-pool.ts'

type Hosts = Extract<Destination, { kind: 'hosts' }>

/** Warm-up of the delivery road. */
export interface WarmUp {
  /** Chooses the address of a job: `go` when it has one, `later` when it must go back to the store until then, `fault` when a record cannot be read. */
  place(job: Job, pool: WarmingPool, destination: Hosts, then: { go: () => void; later: (at: number) => void; fault: (fault: unknown) => void }): void
  /** Its attempt is over. */
  settled(job: Job, end: AttemptEnd): void
  /** It goes back without having been tried. */
  release(job: Job): void
  /** Why mail of the pool waits, for people; undefined: an address has room. */
  reason(pool: WarmingPool, destination: Destination | undefined): string
  standing(address: WarmingAddress): Promise<CapStanding[]>
  save(): Promise<void>
  stop(): void
}

/** Starts with nothing in memory. */
export function createWarmUp({
  store,
  clock,
  log,
  metrics,
}: {
  store: Pick<Store, 'get' | 'list' | 'commit'>
  clock: Clock
  log: Log
  metrics: Metrics
}): WarmUp {
  const caps: AddressCaps = createAddressCaps({ store, clock, log })
  /** By the id of its entry: the address that tried mail which was put off. Forgotten by a restart. */
  const putOff = new Map<number, string>()
  const placed = metrics.counter('bulkhead_warmup_places_total', 'Attempts that took a place under a warm-up cap', ['address'])
  const overflowed = metrics.counter('bulkhead_warmup_overflow_total', 'Attempts that left by the shared pool because their young pool was full', ['pool'])
  const delayed = metrics.counter('bulkhead_warmup_delays_total', 'Times that a message went back to wait for room under a warm-up cap', ['pool'])
  const total = (name: string, help: string, read: (totals: ReturnType<AddressCaps['totals']>) => number) =>
    metrics.gauge(`bulkhead_warmup_${name}`, help, () => read(caps.totals(clock.now())))
  total('caps', 'Warm-up caps that mail asked for since the start: one for an address, or for each provider of one in a managed pool', (all) => all.caps)
  total('caps_full', 'Of these, caps that have no room now', (all) => all.full)
  total('cap_today', 'Sum of these caps for this UTC day', (all) => all.capToday)
  total('used_today', 'What left under them this UTC day', (all) => all.usedToday)

  function place(job: Job, pool: WarmingPool, destination: Hosts, then: Parameters<WarmUp['place']>[3], asks = 1): void {
    const now = clock.now()
    const before = job.entry.attempts > 0 ? putOff.get(job.entry.id) : undefined
    const again = before === undefined ? undefined : pool.addresses.find(({ address }) => address === before)
    const found = placeByCap(caps, pool, providerKey(destination), addressNumber(job.entry), now, again)
    switch (found.kind) {
      case 'place':
        job.egress = found.address
        job.reservation = found.reservation
        if (found.reservation) placed.inc({ address: found.address.address })
        if (found.overflowed) overflowed.inc({ pool: pool.name })
        then.go()
        return
      case 'later':
        delayed.inc({ pool: pool.name })
        then.later(found.at)
        return
      case 'wait':
        // Others may take what was made ready; after so many turns this one waits in the store.
        if (asks >= asksMax) {
          found.ready.catch(() => {})
          then.later(now + 1_000)
        } else found.ready.then(() => place(job, pool, destination, then, asks + 1), then.fault)
        return
    }
  }

  return {
    place,
    settled(job, end) {
      if (!job.reservation) return
      caps.settle(job.reservation, end)
      const { id } = job.entry
      if (end === 'put-off') {
        putOff.set(id, job.reservation.address)
        if (putOff.size > putOffMax) putOff.delete(putOff.keys().next().value ?? id)
      } else if (job.entry.attempts > 0) putOff.delete(id)
      job.reservation = undefined
    },
    release(job) {
      if (!job.reservation) return
      caps.release(job.reservation)
      job.reservation = undefined
    },
    reason(pool, destination) {
      const now = clock.now()
      const provider = destination?.kind === 'hosts' ? providerKey(destination) : ''
      const full = pool.addresses.map((address) => caps.fullUntil(address, provider, now))
      const until = full.every((each) => each !== undefined) ? Math.min(...full) : undefined
      const why = until === undefined ? 'it waits for its turn' : `their room is used up until ${new Date(until).toISOString()}`
      return `The addresses of the pool <${pool.name}> are warming up: ${why}.`
    },
    standing: (address) => caps.standing(address, clock.now()),
    save: () => caps.save(),
    stop: () => caps.stop(),
  }
}

/** What the end of an attempt says of the address. Greylisting and the like count as put off; a full mailbox says nothing. */
export function attemptEnd(accepted: boolean, deferred: boolean, verdict: ReplyClass | undefined): AttemptEnd {
  if (accepted) return 'accepted'
  if (!verdict) return 'other'
  const ofUs = verdict.scope === 'ip' || verdict.scope === 'tenant-domain'
  if (verdict.retry === 'pause10') return 'silence'
  if (verdict.countsAgainstTenant === 'block' && ofUs) return 'blocked'
  return deferred && (ofUs || verdict.scope === 'infra') ? 'put-off' : 'other'
}

/** Whom a managed pool keeps apart: the provider, or where nobody knows one the set of mail exchangers. */
function providerKey({ hosts, site }: Hosts): string {
  return providerOfMx(hosts.map(({ name }) => name)) ?? `mx ${site}`.slice(0, providerKeyMax)
}
