// The road of queue time: due entry -> may it leave -> where to -> sign -> transact -> judge -> outcome (house.md §2).
// Fresh mail comes by `take` with its bytes, everything else by claims; both walk the same steps.
// Leaves to whom: each step is a file of its own; this one only calls, branches and commits.
import { LRUCache } from 'lru-cache'
import { type Clock, pause } from '../kit/clock.ts'
import type { Dial } from '../kit/dial.ts'
import type { Dns } from '../kit/dns.ts'
import type { Log } from '../kit/log.ts'
import type { Metrics } from '../kit/metrics.ts'
import type { Random } from '../kit/random.ts'
import { retryDelayMs } from '../kit/retry-timetable.ts'
import type { Sealer } from '../kit/seal.ts'
import { type Outcome, outcomeChanges } from '../ledger/record-outcome.ts'
import { providerOfMx } from '../mail/mailbox-provider.ts'
import { openReturnPathTokens, returnPath } from '../mail/return-path.ts'
import type { ValidationThreshold } from '../model/address-validation.ts'
import type { Home } from '../model/arn.ts'
import { mintMessageId } from '../model/message-id.ts'
import type { QueueEntry } from '../model/message.ts'
import type { ExplainShapingAnswer } from '../model/own-wire.ts'
import { tenantUsage } from '../resources/tenant-limits.ts'
import { BodyUnreadable, type Store } from '../storage/store.ts'
import { chooseEgress, type Egress } from './choose-egress.ts'
import { explainEntry, type QueueExplanation } from './explain.ts'
import { createGate, isOrphan, type ReadStates, type Verdict } from './gate.ts'
import { createJob, type Job } from './job.ts'
import { judgeResult, speaksOfUs } from './judge-result.ts'
import { BodyNotSendable, createLetter, type Letter, letterWire } from './letter.ts'
import { brokenTlsHostsMax, brokenTlsMs, closingReadsMsMax, faultRetryMs, heldBodyBytesMax, setHoldMs, sweepMs, unreadableRetryMs } from './limits.ts'
import { type Destination, resolveDestination, type Routes } from './resolve-destination.ts'
import { listHardBounce } from './list-hard-bounce.ts'
import { createRouteTable } from './route.ts'
import { createSigner, type ProviderSigning, type SigningPlan } from './sign.ts'
import { explainLane } from './shaping/explain-shaping.ts'
import { openLaneMemory } from './shaping/memory.ts'
import { openShapingTable } from './shaping/read-table.ts'
import { createShaper, type Shaper } from './shaping/shaper.ts'
import type { ShapingPlace } from './shaping/values.ts'
import type { SiteRoad } from './site.ts'
import { type Demand, type DomainSecurity, messageDemand } from './transport/demand.ts'
import { createSiteTable } from './site-table.ts'
import type { LimitReached } from './tenant-meter.ts'
import { createTenantMeters } from './tenant-meters.ts'
import { openTransport, type TransportSettings } from './transport/open-transport.ts'
import { type JudgeRecipient, type Validated, validateRecipient } from './validate-recipient.ts'
import { attemptEnd, createWarmUp } from './warmup/warm-up.ts'
import type { WarmingAddress, WarmingPool } from './warmup/warming-pool.ts'
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
export interface Delivery {
  /** Whether a fresh message may be handed over with its bytes; on false store it unleased and call `wake`. */
  hasRoom(tenantName: string, bytes: number, bulk: boolean): boolean
  /** Takes leased entries of one message. The bytes are kept, not copied. Never refuses: what does not fit goes by way of the spool. */
  take(entries: readonly QueueEntry[], bytes: Buffer): void
  /** Mail was stored without a hand-over. */
  wake(): void
  /** A sending status, an identity or the account's switch changed: judge anew before anything else leaves. */
  statusChanged(): void
  /** Why an entry is where it is, for the queue listing. */
  explain(entry: QueueEntry, leased: boolean): Promise<QueueExplanation>
  /** The limit that keeps mail of a tenant back now, as far as it has mail here. */
  explainTenant(tenantName: string): LimitReached | undefined
  /** What left today by an address that is warming up, under which cap. */
  warmupOf(address: WarmingAddress): Promise<readonly CapStanding[]>
  /** What shaping does with a domain's mail from one of our addresses. */
  explainShaping(domain: string, address: string | undefined): Promise<ExplainShapingAnswer>
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
  const brokenTls = new LRUCache<string, number>({ max: brokenTlsHostsMax })
  let bodyBytes = 0
  let closing = false
  let idleWaiters: (() => void)[] = []

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
    mayClaim: () => !closing && writer.open && memory.isRead,
    allowance: meters.allowance,
  })
  const road: SiteRoad = {
    prepare,
    mayStart: () => !closing && writer.open && memory.isRead,
    shaped(reaction, site, tenantName) {
      shapedTimes.inc({ reaction })
      if (site.place) shaper.keep(site.place)
      log.info({ reaction, site: site.key, provider: site.provider, tenantName }, 'replies of far servers slow us down')
    },
    limited(reached, jobs) {
      // With a limit for all its mail nothing of the tenant is claimed, and what is here keeps its place in the line. With one for a provider
      // the rest of its mail goes on, and these come back in the order that the limit will let them go.
      if (reached.provider === undefined) for (const name of new Set(jobs.map(({ entry }) => entry.tenantName))) windows.block(name, reached.until)
      for (const job of jobs) {
        const now = clock.now()
        const dueAt = reached.slot ? reached.slot(now) : reached.provider === undefined ? job.entry.dueAt : (job.meter?.slot(reached, now) ?? reached.until)
        conclude(job, { kind: 'returned', dueAt }, true)
      }
    },
    putBack(job, reply, retryAt, tried) {
      // Spread, so that what waited together does not come back together.
      const dueAt = retryAt + Math.round((random.fraction() * (retryAt - clock.now())) / 10)
      conclude(
        job,
        {
          kind: 'deferred',
          reply: reply.text,
          status: reply.enhanced || '4.4.1',
          delayType: 'TransientCommunicationFailure',
          dueAt,
          spent: tried,
          route: noRoute,
        },
        true,
      )
    },
    tlsFailed: (failure, at, jobs) => transport?.failed(failure, at, jobs),
    settled(job, result, connection, site) {
      if (job.security?.wantsReports) transport?.settled(job.security, connection)
      const route = { remoteIp: connection.target.address, outgoingIp: connection.outgoingIp, tlsVersion: connection.tlsVersion }
      const judged = judgeResult(result, { route, now: clock.now(), retryMs: retry(job.entry.attempts + 1), provider: site.provider })
      if (judged.class) {
        refused.inc({ scope: judged.class.scope })
        ruled.inc({ rule: judged.class.rule })
        const { tenantName, identityName } = job.entry
        site.learn(judged.class, result.kind === 'refused' && speaksOfUs(result.reply.text, hostname, identityName) ? '' : tenantName)
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
    brokenTls: {
      has: (host) => (brokenTls.get(host) ?? 0) > clock.now(),
      add: (host) => brokenTls.set(host, clock.now() + brokenTlsMs),
    },
    limits: settings.limits ?? {},
    shaper,
    tlsa: transport?.tlsa,
    ...(settings.retry ? { retryDelay: settings.retry } : {}),
  })
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

  /** Step 1 and 2: may it leave, and where to. */
  function admit(job: Job): void {
    const { entry } = job
    if (closing) {
      conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
      return
    }
    if (entry.expiresAt <= clock.now()) {
      conclude(job, expired(entry), false)
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
      postpone(job, fault)
    }
  }

  function letThrough(job: Job, verdict: Verdict): void {
    if (held(job, verdict)) return
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
    const judge = settings.judgeRecipient
    // A notice of ours (no identity) is nobody's sending.
    if (!judge || entry.identityName === '') {
      route(job)
      return
    }
    let validated: Validated
    try {
      validated = await validateRecipient(judge, entry, threshold)
    } catch (fault) {
      postpone(job, fault)
      return
    }
    if (closing || validated === 'good') route(job)
    else if (validated === 'later') assign(job, { kind: 'temporary', reply: `451 4.4.3 Name server failure for ${entry.domain}` })
    else conclude(job, validated, false)
  }

  function assign(job: Job, destination: Destination): void {
    const { entry } = job
    if (closing) {
      conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
      return
    }
    switch (destination.kind) {
      case 'hosts':
        if (job.warming !== undefined && (settings.capRoutes || !destination.routed)) placeThenAdd(job, job.warming, destination)
        else sites.find(destination, job.egress, demandOf(job, destination.security)).add(job)
        return
      case 'permanent':
        conclude(
          job,
          { kind: 'bounced', reply: destination.reply, status: destination.reply.slice(4).split(' ')[0] ?? '5.4.4', bounce: permanent, route: noRoute },
          false,
        )
        return
      case 'temporary': {
        const dueAt = clock.now() + retry(entry.attempts + 1)
        const status = destination.reply.slice(4).split(' ')[0] ?? '4.4.3'
        conclude(
          job,
          { kind: 'deferred', reply: destination.reply, status, delayType: 'TransientCommunicationFailure', dueAt, spent: true, route: noRoute },
          false,
        )
        return
      }
    }
  }

  /** By an address with room under its cap, or back until one may have. */
  function placeThenAdd(job: Job, pool: WarmingPool, destination: Extract<Destination, { kind: 'hosts' }>): void {
    warmUp.place(job, pool, destination, {
      go() {
        if (closing) conclude(job, { kind: 'returned', dueAt: job.entry.dueAt }, true)
        else sites.find(destination, job.egress, demandOf(job, destination.security)).add(job)
      },
      later: (at) => conclude(job, { kind: 'returned', dueAt: Math.min(at, job.entry.expiresAt) }, true),
      fault: (fault) => postpone(job, fault),
    })
  }

  /** What the mail demands of its connection; most demands nothing and gets no further than the first line. */
  function demandOf(job: Job, security: DomainSecurity | undefined): Demand | undefined {
    if (security === undefined && !job.tlsRequired) return undefined
    return transport ? transport.demandOf(job, security) : messageDemand(security, job.tlsRequired)
  }

  /** Step 3 and 4, when its turn comes: judged once more, then signed. */
  function prepare(job: Job, done: (ready: boolean) => void): void {
    const verdict = gate.known(job.entry)
    const plan = signer.known(job.entry.identityName)
    if (verdict && plan && job.letter.bytes) seal(job, verdict, plan, job.letter.bytes, done)
    else void gather(job, done)
  }

  /** The slow way into `seal`: something must be read first. */
  async function gather(job: Job, done: (ready: boolean) => void): Promise<void> {
    const { entry, letter } = job
    try {
      const verdict = gate.known(entry) ?? (await gate.find(entry))
      const plan = signer.known(entry.identityName) ?? (await signer.find(entry.identityName))
      if (verdict.hold === undefined && !isOrphan(verdict, entry) && !letter.bytes) {
        const bytes = await store.readBody(entry.body)
        if (!letter.bytes) {
          letter.bytes = bytes
          bodyBytes += bytes.length
        }
      }
      seal(job, verdict, plan, letter.bytes ?? nothing, done)
    } catch (fault) {
      setAsideOrPostpone(job, fault)
      done(false)
    }
  }

  function seal(job: Job, verdict: Verdict, plan: SigningPlan, bytes: Buffer, done: (ready: boolean) => void): void {
    const { entry } = job
    if (held(job, verdict)) {
      done(false)
      return
    }
    if (closing || entry.expiresAt <= clock.now()) {
      conclude(job, closing ? { kind: 'returned', dueAt: entry.dueAt } : expired(entry), closing)
      done(false)
      return
    }
    try {
      letterWire(job.letter, bytes)
      job.token = tokens.mint(entry.messageId, entry.recipientIndex)
    } catch (fault) {
      setAsideOrPostpone(job, fault)
      done(false)
      return
    }
    job.envelopeSender = returnPath(job.token, plan.returnPathDomain)
    job.tlsRequired = verdict.tlsRequired
    // The same second for every attempt: a repeat after a lost reply carries the same bytes.
    signer.sign(job.letter, bytes, plan, entry.identityName, Math.floor(entry.acceptedAt / 1000), (fields, fault) => {
      if (fields === undefined) {
        log.error({ messageId: entry.messageId, fault: String(fault) }, 'a message could not be signed')
        conclude(job, ownFault(entry, 'The message could not be signed', clock.now() + retry(entry.attempts + 1)), false)
        done(false)
        return
      }
      if (closing) {
        conclude(job, { kind: 'returned', dueAt: entry.dueAt }, true)
        done(false)
        return
      }
      job.signatureFields = fields
      done(true)
    })
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
    else windows.holdSet(entry.tenantName, entry.configurationSetName)
    conclude(job, { kind: 'returned', dueAt: verdict.wholeTenant ? entry.dueAt : clock.now() + setHoldMs }, true)
    return true
  }

  function setAsideOrPostpone(job: Job, fault: unknown): void {
    if (!(fault instanceof BodyUnreadable || fault instanceof BodyNotSendable)) {
      postpone(job, fault)
      return
    }
    log.error({ messageId: job.entry.messageId, fault: String(fault) }, 'a stored message cannot be sent and is set aside until it expires')
    conclude(job, ownFault(job.entry, 'The stored message cannot be read', clock.now() + unreadableRetryMs), false)
  }

  function postpone(job: Job, fault: unknown): void {
    log.warn({ messageId: job.entry.messageId, fault: String(fault) }, 'a message waits because something of ours could not be read')
    conclude(job, { kind: 'returned', dueAt: clock.now() + faultRetryMs }, true)
  }

  function expireHeld(entry: QueueEntry): void {
    windows.enter(entry)
    conclude(createJob(entry, createLetter(undefined)), expired(entry), false)
  }

  /** Step 7: what became of it, durable with its event. The job is over. */
  function conclude(job: Job, outcome: Outcome, returned: boolean): void {
    const { entry, letter } = job
    if (job.reservation) warmUp.release(job)
    letter.references--
    if (letter.references === 0 && letter.bytes) {
      bodyBytes -= letter.bytes.length
      letter.bytes = letter.wire = undefined
    }
    counted.inc({ outcome: outcome.kind })
    const reportingMta = (job.egress ?? chooseEgress(entry, egress))?.ehloName ?? hostname
    const now = clock.now()
    const feedbackId = outcome.kind === 'bounced' ? mintMessageId(now, random.uuid()) : undefined
    const late = feedbackId === undefined ? undefined : listHardBounce(store, settings.states, { entry, outcome, now, feedbackId })
    writer.write(outcomeChanges(entry, outcome, { now, uuid: random.uuid, reportingMta, ...(feedbackId === undefined ? {} : { feedbackId }) }), checkIdle, late)
    windows.leave(entry, returned)
  }

  function checkIdle(): void {
    if (idleWaiters.length === 0 || windows.entries > 0 || windows.busy) return
    void writer.drained(true).then(() => {
      if (windows.entries > 0 || windows.busy || writer.unconfirmed > 0) return
      const waiters = idleWaiters
      idleWaiters = []
      for (const resolve of waiters) resolve()
    })
  }

  return {
    hasRoom: (tenantName, bytes, bulk) => !closing && writer.open && bodyBytes + bytes <= heldBodyBytesMax && windows.hasRoom(tenantName, bulk),
    take(entries, bytes) {
      const keep = bodyBytes + bytes.length <= heldBodyBytesMax * 2
      const letter = createLetter(keep ? bytes : undefined)
      if (keep) bodyBytes += bytes.length
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
    explain: (entry, leased) =>
      explainEntry(entry, leased, {
        now: clock.now(),
        gate,
        provider: (of) => placeOf(routes.last(of.domain), undefined)?.provider,
        shaping(of) {
          const place = placeOf(routes.last(of.domain), chooseEgress(of, gate.known(of)?.egress ?? egress)?.address)
          const lane = place && shaper.lane(place)
          return lane?.hold(clock.now()) ?? lane?.tenantHold(of.tenantName, clock.now())
        },
        warming: (of) => {
          const { warming } = gate.known(of) ?? {}
          return warming && warmUp.reason(warming, routes.last(of.domain))
        },
        suspension(of) {
          const destination = routes.last(of.domain)
          const verdict = gate.known(of)
          const demand = destination?.kind === 'hosts' ? messageDemand(destination.security, verdict?.tlsRequired ?? false) : undefined
          return sites.suspensionOf(destination, chooseEgress(of, verdict?.egress ?? egress), demand)
        },
      }),
    explainTenant: (tenantName) => meters.get(tenantName)?.reached(undefined, clock.now()),
    warmupOf: (address) => warmUp.standing(address),
    async explainShaping(domain, address) {
      const destination = routes.known(domain) ?? (await new Promise<Destination>((found) => routes.find(domain, found)))
      const nothing = { Values: [], Reactions: [], Now: { Connections: 0, ConnectionsMax: null, Hold: null } }
      const place = { Domain: domain, MailExchangers: [], Provider: null, Address: address ?? null }
      if (destination.kind !== 'hosts') return { ...place, ...nothing, Problem: destination.reply }
      const shaped = placeOf(destination, address)
      if (!shaped) return { ...place, ...nothing, Problem: 'A static route leads there: nothing is shaped.' }
      const known = { ...place, MailExchangers: [...shaped.hosts], Provider: shaped.provider ?? null }
      return { ...known, Problem: null, ...explainLane(shaper.lane(shaped), shaping.table, shaped.provider, clock.now()) }
    },
    idle() {
      return new Promise((resolve) => {
        idleWaiters.push(resolve)
        const look = () => {
          if (!idleWaiters.includes(resolve)) return
          checkIdle()
          clock.after(20, look)
        }
        look()
      })
    },
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

/** Where shaping looks; undefined: it does not shape what goes there. */
function placeOf(destination: Destination | undefined, address: string | undefined): ShapingPlace | undefined {
  if (destination?.kind !== 'hosts' || destination.routed) return undefined
  const hosts = [...new Set(destination.hosts.map(({ name }) => name))].sort()
  return { provider: providerOfMx(hosts), hosts, address }
}

const noRoute = { remoteIp: undefined, outgoingIp: undefined, tlsVersion: undefined }
const permanent = { bounceType: 'Permanent', bounceSubType: 'General' } as const
const nothing = Buffer.alloc(0)
const ordinaryLifeMs = 840 * 60_000 // SES's fourteen hours.

function expired(entry: QueueEntry): Outcome {
  return { kind: 'expired', custom: entry.expiresAt - entry.acceptedAt < ordinaryLifeMs }
}

function ownFault(entry: QueueEntry, text: string, dueAt: number): Outcome {
  return {
    kind: 'deferred',
    reply: `451 4.3.0 ${text}`,
    status: '4.3.0',
    delayType: 'InternalFailure',
    dueAt: Math.min(dueAt, entry.expiresAt),
    spent: true,
    route: noRoute,
  }
}
