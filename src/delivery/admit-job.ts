// Steps 1 and 2 of the road for one entry in memory: may it leave, and where to. It ends at a site, which waits for the turn.
// What is known already goes through in one synchronous pass; a promise exists only where something must be read first.
// Leaves to whom: how a message that may not go or has nowhere to go ends is recorded by the road (`JobEnds`).
import type { Clock } from '../kit/clock.ts'
import type { ValidationThreshold } from '../model/address-validation.ts'
import { chooseEgress, type Egress } from './choose-egress.ts'
import type { Gate, Verdict } from './gate.ts'
import type { Job } from './job.ts'
import type { JobEnds } from './job-ends.ts'
import { expired, unroutable } from './own-outcomes.ts'
import type { Destination } from './resolve-destination.ts'
import type { RouteTable } from './route.ts'
import type { SiteTable } from './site-table.ts'
import { type Demand, type DomainSecurity, messageDemand } from './transport/demand.ts'
import type { Transport } from './transport/open-transport.ts'
import { type JudgeRecipient, type Validated, validateRecipient } from './validate-recipient.ts'
import type { WarmUp } from './warmup/warm-up.ts'
import type { WarmingPool } from './warmup/warming-pool.ts'

/** What leading a job to its site needs. */
export interface Admitting {
  readonly clock: Clock
  readonly gate: Pick<Gate, 'known' | 'find'>
  readonly routes: Pick<RouteTable, 'known' | 'find'>
  readonly sites: Pick<SiteTable, 'find'>
  readonly warmUp: Pick<WarmUp, 'place'>
  readonly transport: Pick<Transport, 'demandOf'> | undefined
  /** Addresses of mail whose pool names none. */
  readonly egress: readonly Egress[]
  /** Warm-up caps count for static routes as well. */
  readonly capRoutes: boolean
  readonly judgeRecipient: JudgeRecipient | undefined
  /** Milliseconds to wait after so many failed attempts. */
  readonly retry: (attempts: number) => number
  readonly ends: JobEnds
}

/** The steps, in order. */
export function createAdmit({ clock, gate, routes, sites, warmUp, transport, egress, capRoutes, judgeRecipient, retry, ends }: Admitting): (job: Job) => void {
  function admit(job: Job): void {
    const { entry } = job
    if (ends.isClosing()) {
      ends.conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
      return
    }
    if (entry.expiresAt <= clock.now()) {
      ends.conclude(job, expired(entry), false)
      return
    }
    const verdict = gate.known(entry)
    if (!verdict) {
      void judgeThenAdmit(job)
      return
    }
    letThrough(job, verdict)
  }

  async function judgeThenAdmit(job: Job): Promise<void> {
    try {
      letThrough(job, await gate.find(job.entry))
    } catch (fault) {
      ends.postpone(job, fault)
    }
  }

  function letThrough(job: Job, verdict: Verdict): void {
    if (ends.held(job, verdict)) return
    job.egress = chooseEgress(job.entry, verdict.egress ?? egress)
    job.warming = verdict.warming
    job.tlsRequired = verdict.tlsRequired
    job.meter = verdict.meter
    if (verdict.validation !== undefined) void validateThenRoute(job, verdict.validation)
    else route(job)
  }

  function route(job: Job): void {
    const destination = routes.known(job.entry.domain)
    if (destination) assign(job, destination)
    else routes.find(job.entry.domain, (found) => assign(job, found))
  }

  async function validateThenRoute(job: Job, threshold: ValidationThreshold): Promise<void> {
    const { entry } = job
    // A notice of ours (no identity) is nobody's sending.
    if (!judgeRecipient || entry.identityName === '') {
      route(job)
      return
    }
    let validated: Validated
    try {
      validated = await validateRecipient(judgeRecipient, entry, threshold)
    } catch (fault) {
      ends.postpone(job, fault)
      return
    }
    if (ends.isClosing() || validated === 'good') route(job)
    else if (validated === 'later') assign(job, { kind: 'temporary', reply: `451 4.4.3 Name server failure for ${entry.domain}` })
    else ends.conclude(job, validated, false)
  }

  function assign(job: Job, destination: Destination): void {
    const { entry } = job
    if (ends.isClosing()) {
      ends.conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
      return
    }
    if (destination.kind !== 'hosts') {
      const retryAt = () => clock.now() + retry(entry.attempts + 1)
      ends.conclude(job, unroutable(destination, retryAt), false)
    } else if (job.warming !== undefined && (capRoutes || !destination.routed)) placeThenAdd(job, job.warming, destination)
    else sites.find(destination, job.egress, demandOf(job, destination.security)).add(job)
  }

  /** By an address with room under its cap, or back until one may have. */
  function placeThenAdd(job: Job, pool: WarmingPool, destination: Extract<Destination, { kind: 'hosts' }>): void {
    warmUp.place(job, pool, destination, {
      go() {
        if (ends.isClosing()) ends.conclude(job, { kind: 'returned', dueAt: job.entry.dueAt }, true)
        else sites.find(destination, job.egress, demandOf(job, destination.security)).add(job)
      },
      later: (at) => ends.conclude(job, { kind: 'returned', dueAt: Math.min(at, job.entry.expiresAt) }, true),
      fault: (fault) => ends.postpone(job, fault),
    })
  }

  /** What the mail demands of its connection; most demands nothing and gets no further than the first line. */
  function demandOf(job: Job, security: DomainSecurity | undefined): Demand | undefined {
    if (security === undefined && !job.tlsRequired) return undefined
    return transport ? transport.demandOf(job, security) : messageDemand(security, job.tlsRequired)
  }

  return admit
}
