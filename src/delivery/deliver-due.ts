// The road of queue time: due entry -> may it leave -> where to -> sign -> transact -> judge -> outcome (house.md §2).
// Fresh mail comes by `take` with its bytes, everything else by claims; both walk the same steps.
// Leaves to whom: each step is a file of its own; this one only calls, branches and commits.
import { type Clock, pause } from '../kit/clock.ts'
import type { Dial } from '../kit/dial.ts'
import type { Dns } from '../kit/dns.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { retryDelayMs } from '../kit/retry-timetable.ts'
import type { Sealer } from '../kit/seal.ts'
import { type Outcome, outcomeChanges } from '../ledger/record-outcome.ts'
import { openReturnPathTokens } from '../mail/return-path.ts'
import type { Home } from '../model/arn.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { QueueEntry } from '../model/message.ts'
import { tenantUsage } from '../resources/tenant-limits.ts'
import type { Store } from '../storage/store.ts'
import { createAdmit } from './admit-job.ts'
import { createBrokenTls } from './broken-tls.ts'
import { chooseEgress, type Egress } from './choose-egress.ts'
import { createExplanations, type RoadExplanations } from './explain-road.ts'
import { createGate, isOrphan, type ReadStates, type Verdict } from './gate.ts'
import { HeldBodies } from './held-bodies.ts'
import { createIdleWatch } from './idle-watch.ts'
import { createJob, type Job } from './job.ts'
import { judgeResult, speaksOfUs } from './judge-result.ts'
import { createLetter, type Letter } from './letter.ts'
import { closingReadsMsMax, faultRetryMs, heldEntriesMax, setHoldMs, sweepMs } from './limits.ts'
import { resolveDestination, type Routes } from './resolve-destination.ts'
import { listHardBounce } from './list-hard-bounce.ts'
import { expired, unreached } from './own-outcomes.ts'
import { createPrepare } from './prepare-job.ts'
import { createRouteTable } from './route.ts'
import { createSigner, type ProviderSigning } from './sign.ts'
import { openLaneMemory } from './shaping/memory.ts'
import { openShapingTable } from './shaping/read-table.ts'
import { createShaper, type Shaper } from './shaping/shaper.ts'
import type { SiteRoad } from './site-road.ts'
import { createSiteTable } from './site-table.ts'
import type { LimitReached } from './tenant-meter.ts'
import { createTenantMeters } from './tenant-meters.ts'
import { openTransport, type TransportSettings } from './transport/open-transport.ts'
import type { JudgeRecipient } from './validate-recipient.ts'
import { attemptEnd, createWarmUp } from './warmup/warm-up.ts'
import type { WarmingAddress } from './warmup/warming-pool.ts'
import type { CapStanding } from './warmup/address-caps.ts'
import { createWindows } from './windows.ts'
import { createOutcomeWriter } from './write-outcomes.ts'

/** What the delivery road needs. */
export interface DeliverySettings {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly home: Home
  /** Our own name: EHLO when an address has none, return path, provider signature. */
  readonly hostname: string
  readonly dns: Dns
  readonly dial: Dial
  /** Static routes; lower-case domain, or `*`. Only these may name loopback. */
  readonly routes: Routes
  /** Sending addresses of this node; empty leaves the choice to the system. */
  readonly egress: readonly Egress[]
  /** Warm-up caps count for static routes as well: an own relay hides our address, so usually they do not. */
  readonly capRoutes?: boolean
  /** Deliver to private and loopback addresses that DNS names. */
  readonly allowPrivate: boolean
  readonly sealer: Sealer
  readonly states: ReadStates
  /** Auto Validation's judge, for mail whose states ask for one; left out: nobody is judged. */
  readonly judgeRecipient?: JudgeRecipient
  /** `provider` undefined: no signature of our own domain. `workers`: signatures at a time. */
  readonly signing: { readonly provider?: ProviderSigning | undefined; readonly workers: number }
  /** Milliseconds to wait after so many failed attempts; the retry timetable when left out. */
  readonly retry?: (attempts: number) => number
  /** The operator's shaping rules, over ours. */
  readonly shapingFile?: string | undefined
  readonly limits?: { readonly connectionsPerSiteMax?: number; readonly connectionsPerRouteMax?: number }
  /** Port of mail exchangers; 25 when left out. */
  readonly remotePort?: number
  /** MTA-STS, DANE and TLS reports; left out: none of them. */
  readonly transport?: TransportSettings | undefined
}

/** The running road. Its first three methods are what intake calls `HandOver`. */
export interface Delivery extends RoadExplanations {
  /** Whether a fresh message may be handed over with its bytes; on false store it unleased and call `wake`. */
  hasRoom(tenantName: string, bytes: number, bulk: boolean): boolean
  /** Takes leased entries of one message. The bytes are kept, not copied. Never refuses: what does not fit goes by way of the spool. */
  take(entries: readonly QueueEntry[], bytes: Buffer): void
  /** Mail was stored without a hand-over. */
  wake(): void
  /** A sending status, an identity or the account's switch changed: judge anew before anything else leaves. */
  statusChanged(): void
  /** The limit that keeps mail of a tenant back now, as far as it has mail here. */
  explainTenant(tenantName: string): LimitReached | undefined
  /** What left today by an address that is warming up, under which cap. */
  warmupOf(address: WarmingAddress): Promise<readonly CapStanding[]>
  /** Resolves when memory holds no entry and every outcome is durable; for tests. */
  idle(): Promise<void>
  /** Starts nothing new, lets running transactions end for up to `graceMs`, gives the rest back to the store. Repeatable. */
  close(graceMs: number): Promise<void>
}

/** Starts the delivery road. Everything it holds ends with `close`. */
export function startDelivery(settings: DeliverySettings): Delivery {
  const { store, clock, random, log, home, hostname, dns, sealer, egress } = settings
  const retry = settings.retry ?? ((attempts: number) => retryDelayMs(attempts, random))
  const tokens = openReturnPathTokens(sealer.deriveKey('return path'))
  const meters = createTenantMeters({
    clock,
    log,
    write: (counts) => store.commit(counts.map(({ tenantName, usage }) => ({ type: 'put', collection: tenantUsage, key: tenantName, value: usage }))),
    promised: () => sites.unpark(),
  })
  const warmUp = createWarmUp({ store, clock, log, metrics: settings.metrics })
  const gate = createGate({ clock, states: settings.states, home, meterOf: meters.sync })
  const signer = createSigner({ store, clock, sealer, hostname, provider: settings.signing.provider, workers: settings.signing.workers })
  const ownNames = new Set([hostname, ...egress.map(({ ehloName }) => ehloName)].filter((name) => name !== 'localhost'))
  const transport = settings.transport && openTransport(settings.transport, { store, clock, random, log, metrics: settings.metrics, dns, hostname })
  const routes = createRouteTable(clock, (domain) => {
    const resolve = () => resolveDestination(domain, { dns, routes: settings.routes, remotePort: settings.remotePort ?? 25, ownNames })
    // A static route is the operator's word: nothing that the domain publishes is asked for.
    const asked = transport && !settings.routes.has(domain) && !settings.routes.has('*') && !domain.startsWith('[')
    return asked ? transport.secure(domain, resolve) : resolve()
  })
  const counted = settings.metrics.counter('bulkhead_delivery_outcomes_total', 'Ends of delivery attempts', ['outcome'])
  const shapedTimes = settings.metrics.counter('bulkhead_delivery_shaped_total', 'Reactions of shaping to replies', ['reaction'])
  const refused = settings.metrics.counter('bulkhead_delivery_refusals_total', 'Refusing replies by what they speak about', ['scope'])
  const ruled = settings.metrics.counter('bulkhead_delivery_reply_rules_total', 'Refusing replies by the rule that judged them', ['rule'])
  const bodies = new HeldBodies()
  let closing = false

  const shaping = openShapingTable(settings.shapingFile, { clock, log, changed: () => shaper.renew() })
  const memory = openLaneMemory({
    store,
    clock,
    log,
    read: () => {
      windows.resume()
      sites.pump()
    },
  })
  const shaper: Shaper = createShaper({ clock, table: () => shaping.table, memory })
  const writer = createOutcomeWriter({
    commit: (changes) => store.commit(changes),
    clock,
    log,
    reopened: () => {
      windows.resume()
      sites.pump()
    },
  })
  const windows = createWindows({
    store,
    clock,
    log,
    gate,
    admit: admitClaimed,
    expire: expireHeld,
    tooEarly: returnEarly,
    mayClaim: () => !closing && writer.open && memory.isRead,
    allowance: meters.allowance,
  })
  const watch = createIdleWatch(clock, windows, writer)
  const ends = { held, conclude, postpone, isClosing: () => closing }
  const road: SiteRoad = {
    prepare: createPrepare({ store, clock, log, gate, signer, tokens, bodies, retry, ends }),
    mayStart: () => !closing && writer.open && memory.isRead,
    shaped(reaction, site, tenantName) {
      shapedTimes.inc({ reaction })
      if (site.place) {
        shaper.keep(site.place)
        if (tenantName !== undefined) shaper.spread(site.place, tenantName)
      }
      log.info({ reaction, site: site.key, provider: site.provider, tenantName }, 'replies of far servers slow us down')
    },
    limited(reached, jobs) {
      // With a limit for all its mail nothing of the tenant is claimed, and what is here keeps its place in the line. With one for a provider
      // the rest of its mail goes on, and these come back in the order that the limit will let them go.
      if (reached.provider === undefined) for (const name of new Set(jobs.map(({ entry }) => entry.tenantName))) windows.block(name, reached.until)
      for (const job of jobs) {
        const now = clock.now()
        const dueAt = reached.slot ? reached.slot(now) : reached.provider === undefined ? job.entry.dueAt : (job.meter?.slot(reached, now) ?? reached.until)
        if (reached.provider !== undefined && reached.slot === undefined && job.meter) windows.putOff.noteLimit(job.entry, job.meter, dueAt)
        conclude(job, { kind: 'returned', dueAt }, true)
      }
    },
    putBack(job, reply, retryAt, tried) {
      // Spread, so that what waited together does not come back together.
      const dueAt = retryAt + Math.round((random.fraction() * (retryAt - clock.now())) / 10)
      conclude(job, unreached(reply, dueAt, tried), true)
    },
    crowded(job, siteKey, entriesMax) {
      if (closing || !windows.crowded(job.entry, siteKey, entriesMax)) return false
      conclude(job, { kind: 'returned', dueAt: job.entry.dueAt }, true, siteKey)
      return true
    },
    invite: windows.invite,
    uncrowded: windows.uncrowded,
    freeEntries: () => heldEntriesMax - windows.entries,
    tlsFailed: (failure, at, jobs) => transport?.failed(failure, at, jobs),
    settled(job, result, connection, site) {
      if (job.security?.wantsReports) transport?.settled(job.security, connection)
      const route = { remoteIp: connection.target.address, outgoingIp: connection.outgoingIp, tlsVersion: connection.tlsVersion }
      const judged = judgeResult(result, { route, now: clock.now(), retryMs: retry(job.entry.attempts + 1), provider: site.provider })
      if (judged.class) {
        refused.inc({ scope: judged.class.scope })
        ruled.inc({ rule: judged.class.rule })
        const { tenantName, identityName } = job.entry
        site.learn(judged.class, result.kind === 'refused' && speaksOfUs(result.reply.text, hostname, identityName) ? undefined : tenantName)
      }
      if (job.reservation) warmUp.settled(job, attemptEnd(result.kind === 'accepted', judged.outcome.kind === 'deferred', judged.class))
      conclude(job, judged.outcome, false)
    },
  }
  const sites = createSiteTable({
    clock,
    random,
    dial: settings.dial,
    dns,
    road,
    hostname,
    allowPrivate: settings.allowPrivate,
    ownAddresses: new Set(egress.map(({ address }) => address)),
    brokenTls: createBrokenTls(clock),
    limits: settings.limits ?? {},
    shaper,
    tlsa: transport?.tlsa,
    ...(settings.retry ? { retryDelay: settings.retry } : {}),
  })
  const admit = createAdmit({
    clock,
    gate,
    routes,
    sites,
    warmUp,
    transport,
    egress,
    capRoutes: settings.capRoutes ?? false,
    judgeRecipient: settings.judgeRecipient,
    retry,
    ends,
  })
  const explanations = createExplanations({ clock, gate, isCrowded: windows.isCrowded, routes, sites, shaper, table: () => shaping.table, warmUp, egress })
  settings.metrics.gauge('bulkhead_delivery_entries', 'Queue entries in memory', () => windows.entries)
  settings.metrics.gauge('bulkhead_delivery_connections', 'Connections to far servers', () => sites.connections())
  settings.metrics.gauge('bulkhead_delivery_unconfirmed_outcomes', 'Outcomes that are not durable yet', () => writer.unconfirmed)
  const sweepTimer = { cancel: () => {} }
  const sweep = () => {
    sweepTimer.cancel = clock.after(sweepMs, sweep).cancel
    sites.sweep(clock.now())
  }
  sweep()

  function admitClaimed(entries: readonly QueueEntry[]): void {
    const letters = new Map<string, Letter>()
    for (const entry of entries) {
      const place = `${entry.body.segment} ${entry.body.offset}`
      let letter = letters.get(place)
      if (!letter) {
        letter = createLetter(undefined)
        letters.set(place, letter)
      }
      windows.enter(entry)
      admit(createJob(entry, letter))
    }
  }

  /** True when a status keeps the job: it went back to the store. */
  function held(job: Job, verdict: Verdict): boolean {
    const { entry } = job
    if (isOrphan(verdict, entry)) {
      conclude(job, { kind: 'returned', dueAt: entry.expiresAt }, true)
      return true
    }
    if (verdict.hold === undefined) return false
    if (verdict.wholeTenant) windows.hold(entry.tenantName)
    else {
      windows.holdSet(entry.tenantName, entry.configurationSetName)
      windows.putOff.note(entry)
    }
    conclude(job, { kind: 'returned', dueAt: verdict.wholeTenant ? entry.dueAt : clock.now() + setHoldMs }, true)
    return true
  }

  function postpone(job: Job, fault: unknown): void {
    log.warn({ messageId: job.entry.messageId, fault: String(fault) }, 'a message waits because something of ours could not be read')
    conclude(job, { kind: 'returned', dueAt: clock.now() + faultRetryMs }, true)
  }

  function expireHeld(entry: QueueEntry): void {
    windows.enter(entry)
    conclude(createJob(entry, createLetter(undefined)), expired(entry), false)
  }

  function returnEarly(entry: QueueEntry): void {
    windows.enter(entry)
    conclude(createJob(entry, createLetter(undefined)), { kind: 'returned', dueAt: entry.dueAt }, true)
  }

  /** Step 7: what became of it, durable with its event. The job is over. */
  function conclude(job: Job, outcome: Outcome, returned: boolean, turnedAwayBy?: string): void {
    const { entry } = job
    if (job.reservation) warmUp.release(job)
    bodies.release(job.letter)
    counted.inc({ outcome: outcome.kind })
    const reportingMta = (job.egress ?? chooseEgress(entry, egress))?.ehloName ?? hostname
    const now = clock.now()
    const feedbackId = outcome.kind === 'bounced' ? mintMessageId(now, random.uuid()) : undefined
    const late = feedbackId === undefined ? undefined : listHardBounce(store, settings.states, { entry, outcome, now, feedbackId })
    writer.write(
      outcomeChanges(entry, outcome, { now, uuid: random.uuid, reportingMta, ...(feedbackId === undefined ? {} : { feedbackId }) }),
      outcome.kind === 'returned' && outcome.dueAt === entry.dueAt
        ? () => {
            windows.stored(entry, turnedAwayBy)
            watch.look()
          }
        : watch.look,
      late,
    )
    windows.leave(entry, returned)
  }

  return {
    hasRoom: (tenantName, bytes, bulk) => !closing && writer.open && bodies.hasRoom(bytes) && windows.hasRoom(tenantName, bulk),
    take(entries, bytes) {
      const letter = createLetter(bodies.keep(bytes))
      const jobs = entries.map((entry) => createJob(entry, letter))
      for (const { entry } of jobs) windows.enter(entry)
      for (const job of jobs) admit(job)
    },
    wake: () => windows.wake(),
    statusChanged() {
      gate.forget()
      signer.forget()
      windows.recheck()
      sites.unpark()
    },
    ...explanations,
    explainTenant: (tenantName) => meters.get(tenantName)?.waiting(clock.now()),
    warmupOf: (address) => warmUp.standing(address),
    idle: watch.idle,
    async close(graceMs) {
      if (!closing) {
        closing = true
        windows.stop()
        for (const job of sites.stop()) conclude(job, { kind: 'returned', dueAt: job.entry.dueAt }, true)
      }
      await sites.quiet(graceMs)
      sites.destroy()
      // Entries whose judgement, route or bytes were still being read go back as well; what takes longer stays leased until the next start.
      for (const endAt = clock.now() + closingReadsMsMax; windows.entries > 0 && clock.now() < endAt; ) await pause(clock, 20)
      await writer.drained(false)
      await transport?.close()
      await meters.save()
      meters.stop()
      await warmUp.save()
      warmUp.stop()
      shaping.close()
      writer.stop()
      sweepTimer.cancel()
    },
  }
}
