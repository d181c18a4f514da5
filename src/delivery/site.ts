// One destination site seen from one of our addresses: its waiting mail, its connections, and what we learned about it.
// Connections are opened when mail waits, shared by all domains of the site, and closed when idle. A site that cannot be reached
// is left alone for the steps of the retry timetable, and everything that waits for it goes back to the store meanwhile.
// Leaves to whom: making a message ready and recording its end are the road's (`SiteRoad`).
import type { Clock, Timer } from '../kit/clock.ts'
import type { Dial } from '../kit/dial.ts'
import type { Dns } from '../kit/dns.ts'
import type { Random } from '../kit/random.ts'
import { retryDelayMs } from '../kit/retry-timetable.ts'
import { classifyReply } from '../mail/classify-reply.ts'
import { providerOfMx } from '../mail/mailbox-provider.ts'
import { replyOf, type SmtpReply } from '../mail/replies.ts'
import { Connection, type ConnectionEnd, type ConnectionOwner, type TransactionResult, type Unsent } from './connection.ts'
import type { Egress } from './choose-egress.ts'
import { FairQueue } from './fair-queue.ts'
import type { Job } from './job.ts'
import {
  addressesPerAttemptMax,
  dialsPerSiteMax,
  fastLookAhead,
  fastReplyMs,
  impatienceMs,
  messagesPerConnectionMax,
  messagesPerRouteConnectionMax,
  parkedMsMax,
  redispatchMax,
  regainMs,
  sessionsPerAttemptMax,
  slowLookAhead,
  strikesMax,
  tenantShareOfSite,
} from './limits.ts'
import type { LimitReached } from './tenant-meter.ts'
import type { Shaper } from './shaping/shaper.ts'
import type { ShapingPlace } from './shaping/values.ts'
import type { Said, ShapingHold, ShapingLane } from './shaping/shaping-lane.ts'
import type { ConnectionShare, SharingPool } from './transport/connection-share.ts'
import type { Demand } from './transport/demand.ts'
import { ruleFor, type SessionRule, type TlsFailure } from './transport/session-rule.ts'
import type { TlsaTable } from './transport/tlsa-table.ts'
import { isPublicAddress } from '../kit/public-address.ts'
import { type MailHost, orderHosts, resolveAddresses } from './resolve-destination.ts'

/** What the road does for a site. */
export interface SiteRoad {
  /** Makes a job ready to send, then calls back; false when it took the job away itself. */
  prepare(job: Job, done: (ready: boolean) => void): void
  /** A transaction ended; the job is the road's again. */
  settled(job: Job, result: TransactionResult, connection: Connection, site: Site): void
  /** The site cannot be reached before `retryAt`. `tried`: the job waited for the attempt that failed. */
  putBack(job: Job, reply: SmtpReply, retryAt: number, tried: boolean): void
  /** A limit of their tenant lets these not start for some time. */
  limited(reached: LimitReached, jobs: readonly Job[]): void
  /** A session did not prove what the mail of this site demands; `jobs` wait for one. `tlsa`: the TLSA records that ruled. */
  tlsFailed(failure: TlsFailure, at: { host: string; address: string | undefined; tlsa: readonly string[] | undefined }, jobs: Iterable<Job>): void
  /** Shaping reacted to a reply; with a tenant: for its mail only. */
  shaped(reaction: string, site: Site, tenantName: string | undefined): void
  /** False while no new transaction may start (outcomes are not durable, or the service closes). */
  mayStart(): boolean
}

/** What all sites of a service share. */
export interface SiteSettings {
  readonly clock: Clock
  readonly random: Random
  readonly dial: Dial
  readonly dns: Dns
  readonly road: SiteRoad
  readonly hostname: string
  /** Deliver to private and loopback addresses that DNS names. */
  readonly allowPrivate: boolean
  readonly ownAddresses: ReadonlySet<string>
  /** Hosts whose TLS is broken, by name and address, with the time to try again. */
  readonly brokenTls: { has(host: string): boolean; add(host: string): void }
  /** Left out: the resolver does not validate. */
  readonly tlsa?: TlsaTable | undefined
  readonly retryDelay?: (attempts: number) => number
  /** Left out: nothing is shaped. */
  readonly shaper?: Shaper | undefined
}

/** What sets the mail of a site apart from other mail for the same hosts. */
export interface Pool {
  /** Of each connection; undefined: none. */
  readonly demand: Demand | undefined
  readonly share: ConnectionShare
  /** What is held back for the provider; undefined for a static route. */
  readonly lane: ShapingLane | undefined
  /** Whom that lane is for. */
  readonly place: ShapingPlace | undefined
}

/** A site; lives as long as it has something to do or to remember. */
export class Site implements ConnectionOwner, SharingPool {
  readonly key: string
  /** Who runs its mail exchangers, for rules about their words; undefined when nobody in particular. */
  readonly provider: string | undefined
  readonly queue: FairQueue
  readonly #settings: SiteSettings
  readonly #egress: Egress | undefined
  readonly #routed: boolean
  readonly #connections = new Set<Connection>()
  readonly #idle: Connection[] = []
  readonly #ready: Job[] = []
  readonly #dialling = new Map<Connection, (end: ConnectionEnd | 'established') => void>()
  #hosts: readonly MailHost[]
  #preparing = 0
  #dials = 0
  #pumping = false
  #impatience: Timer | undefined
  #parking: Timer | undefined
  #running = 0
  /** Adaptive: falls when the far side says it is too much, recovers with successes. */
  #connectionsMax: number
  readonly #ownCeiling: number
  #successes = 0
  /** When the bound last moved: on a quiet site successes are rare, so time counts too. */
  #changedAt = 0
  /** Learned: the far side closes after so many. */
  #messagesMax = Number.POSITIVE_INFINITY
  /** Moving average from final dot to reply; undefined before the first. */
  #replyMs: number | undefined
  #failures = 0
  /** Sessions and messages in a row that the far side cut short. */
  #strikes = 0
  #suspendedUntil = 0
  #lastFailure: SmtpReply | undefined
  readonly #pool: Pool
  #givingWay: Connection | undefined

  constructor(
    key: string,
    hosts: readonly MailHost[],
    routed: boolean,
    egress: Egress | undefined,
    connectionsMax: number,
    settings: SiteSettings,
    pool: Pool,
  ) {
    this.key = key
    this.#pool = pool
    pool.share.pools.add(this)
    pool.lane?.share.pools.add(this)
    this.#hosts = hosts
    // The key holds the set of hosts, so this never changes.
    this.provider = providerOfMx(hosts.map(({ name }) => name))
    const { lane } = pool
    this.queue = new FairQueue(this.provider, lane && ((tenantName, now) => this.#reached(lane.tenantHold(tenantName, now))))
    this.#routed = routed
    this.#egress = egress
    this.#settings = settings
    this.#ownCeiling = connectionsMax
    this.#connectionsMax = this.#ceiling()
  }

  /** True when it has no mail and no connection. */
  get empty(): boolean {
    return this.queue.length === 0 && this.#running === 0 && this.#connections.size === 0 && this.#dials === 0
  }

  /** Whom its lane is for; undefined: nothing is shaped. */
  get place(): ShapingPlace | undefined {
    return this.#pool.place
  }

  /** When it may be tried again, and why not now; undefined when it may. */
  get suspension(): { readonly until: number; readonly reply: SmtpReply } | undefined {
    const reply = this.#lastFailure
    return reply && this.#suspendedUntil > this.#settings.clock.now() ? { until: this.#suspendedUntil, reply } : undefined
  }

  /** Connections and dials. */
  get held(): number {
    return this.#connections.size + this.#dials
  }

  /** Another pool of the same site needs one of our connections. */
  giveWay(): void {
    if (this.#givingWay) return
    // One that still dials may turn out idle, and would then stand in the way for its whole idle time.
    this.#givingWay = this.#idle.pop() ?? [...this.#connections].find((one) => !this.#dialling.has(one))
    this.#givingWay?.retire()
  }

  /** It is forgotten. */
  leave(): void {
    this.#pool.share.pools.delete(this)
    this.#pool.lane?.share.pools.delete(this)
  }

  /** Messages that are at a far server now. */
  get transacting(): number {
    return this.#running - this.#ready.length - this.#preparing
  }

  /** The newest answer of DNS. */
  set hosts(hosts: readonly MailHost[]) {
    this.#hosts = hosts
  }

  /** Takes a job for delivery; a suspended site gives it back at once. */
  add(job: Job): void {
    const { suspension } = this
    if (suspension) {
      this.#settings.road.putBack(job, suspension.reply, suspension.until, false)
      return
    }
    const { lane } = this.#pool
    const hold = lane?.hold(this.#settings.clock.now())
    if (lane && hold) {
      this.#giveBack(lane, hold, [job])
      return
    }
    this.queue.push(job)
    this.pump()
  }

  /** Moves what can move: prepares, hands to idle connections, opens connections. Cheap when there is nothing to do. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const { road } = this.#settings
    const now = this.#settings.clock.now()
    const { lane } = this.#pool
    const pause = lane?.hold(now)
    if (lane && pause) this.#holdAll(lane, pause)
    while (!pause && road.mayStart() && this.#ready.length + this.#preparing < this.#lookAhead()) {
      const rate = lane?.wait(now)
      if (lane && rate) {
        this.#awaitRate(lane, rate, now)
        break
      }
      const job = this.queue.take(this.#tenantMax(), now)
      if (!job) break
      lane?.count()
      this.#preparing++
      this.#running++
      road.prepare(job, (ready) => {
        this.#preparing--
        const { suspension } = this
        // The site was lost, or told us to hold back, while the message was made ready.
        const held = lane && (lane.hold(this.#settings.clock.now()) ?? lane.tenantHold(job.entry.tenantName, this.#settings.clock.now()))
        if (ready && !suspension && !held) this.#put(job)
        else {
          this.#release(job)
          if (ready && suspension) road.putBack(job, suspension.reply, suspension.until, true)
          else if (ready && lane && held) this.#giveBack(lane, held, [job])
        }
        if (!this.#pumping) this.pump()
      })
    }
    while (this.#idle.length > 0 && this.#ready.length > 0 && road.mayStart()) {
      const connection = this.#idle.pop()
      if (!connection?.idle) continue
      const job = this.#ready.shift()
      if (job) connection.start(job)
    }
    this.#openMore()
    this.#pumping = false
    if (this.queue.parkedUntil < Number.POSITIVE_INFINITY) this.#tendParked(now)
  }

  /** A pause: all that waits goes back to the store, also what is ready. */
  #holdAll(lane: ShapingLane, pause: ShapingHold): void {
    const ready = this.#ready.splice(0)
    for (const job of ready) this.#release(job)
    const jobs = [...ready, ...this.queue.drain()]
    if (jobs.length > 0) this.#giveBack(lane, pause, jobs)
    this.#keepConnections(0)
  }

  /** Connections beyond so many go when their message is done. */
  #keepConnections(max: number): void {
    let surplus = this.#connections.size - max
    for (const connection of this.#connections) if (surplus-- > 0) connection.retire()
  }

  /** A rate: who must wait long for the next turn goes back to the store, else the pump comes again in time. What is ready has had its turn. */
  #awaitRate(lane: ShapingLane, rate: ShapingHold, now: number): void {
    if (this.queue.length === 0) return
    if (rate.until - now > parkedMsMax) this.#giveBack(lane, rate, this.queue.drain())
    else this.#pumpAt(rate.until, now)
  }

  #giveBack(lane: ShapingLane, hold: ShapingHold, jobs: readonly Job[]): void {
    const reached = this.#reached(hold)
    if (reached) this.#settings.road.limited({ ...reached, slot: (now) => lane.slot(hold.until, now) }, jobs)
  }

  #reached(hold: ShapingHold | undefined): LimitReached | undefined {
    return hold && { until: hold.until, limit: hold.why, provider: this.provider ?? this.key }
  }

  #pumpAt(at: number, now: number): void {
    if (this.#parking) return
    this.#parking = this.#settings.clock.after(Math.max(1, at - now), () => {
      this.#parking = undefined
      this.pump()
    })
  }

  /** A reply said something about how we send: the road judged it. */
  learn(said: Said, tenantName: string): void {
    const { lane } = this.#pool
    const { clock } = this.#settings
    const learned = lane?.learn(said, tenantName, clock.now())
    if (!lane || !learned) return
    this.#settings.road.shaped(learned.reaction.name, this, learned.tenantOnly ? tenantName : undefined)
    if (learned.tenantOnly) {
      const reached = this.#reached(lane.tenantHold(tenantName, clock.now()))
      const mine = this.#ready.filter(({ entry }) => entry.tenantName === tenantName)
      if (!reached || mine.length === 0) return
      const others = this.#ready.filter((job) => !mine.includes(job))
      this.#ready.splice(0, this.#ready.length, ...others)
      for (const job of mine) this.#release(job)
      this.#settings.road.limited(reached, mine)
      queueMicrotask(() => this.pump())
      return
    }
    // Every site of the provider obeys, not only the one that heard it.
    for (const site of lane.share.pools) queueMicrotask(() => site.pump())
  }

  #ceiling(): number {
    // Rules may give more than the usual, never more than this service was told.
    return Math.min(this.#ownCeiling, this.#pool.lane?.values.connections?.value ?? Number.POSITIVE_INFINITY)
  }

  #messagesBound(): number {
    const usual = this.#routed ? messagesPerRouteConnectionMax : (this.#pool.lane?.values.messagesPerConnection?.value ?? messagesPerConnectionMax)
    return Math.min(this.#messagesMax, usual)
  }

  /** Limits keep some back: those that must wait long go to the store, the others get a turn when their time comes. */
  #tendParked(now: number): void {
    const { road } = this.#settings
    for (const { reached, jobs } of this.queue.drainParked(now + parkedMsMax)) road.limited(reached, jobs)
    const next = this.queue.parkedUntil
    if (next < Number.POSITIVE_INFINITY) this.#pumpAt(next, now)
  }

  /** Limits changed. */
  unpark(): void {
    if (this.queue.parkedUntil === Number.POSITIVE_INFINITY) return
    this.queue.unpark()
    this.pump()
  }

  /** Looks for expired waits. */
  sweep(now: number): void {
    for (const connection of this.#connections) connection.sweep(now)
  }

  /** Gives back everything that is not at a far server, and says goodbye. */
  stop(): Job[] {
    const jobs = [...this.#ready.splice(0), ...this.queue.drain()]
    // Those that only waited never ran.
    for (const job of jobs) if (job.readySince > 0) this.#release(job)
    for (const connection of [...this.#connections]) if (connection.idle) connection.quit()
    return jobs
  }

  /** Ends every connection now. */
  destroy(): void {
    this.#impatience?.cancel()
    this.#parking?.cancel()
    for (const connection of [...this.#connections]) connection.destroy('421 4.3.2 Service is closing')
  }

  /** Connections for the gauge. */
  get connections(): number {
    return this.#connections.size
  }

  established(connection: Connection): void {
    this.#dialling.get(connection)?.('established')
    this.#dialling.delete(connection)
    if (!connection.open) {
      // It was retired while it was dialled.
      connection.quit()
      return
    }
    const job = this.next(connection)
    if (job) connection.start(job)
  }

  next(connection: Connection): Job | undefined {
    const { road } = this.#settings
    const job = road.mayStart() ? this.#ready.shift() : undefined
    if (!job) {
      this.#idle.push(connection)
      // Outside the pump: what waits may be prepared for this connection now.
      if (!this.#pumping) queueMicrotask(() => this.pump())
      return undefined
    }
    this.#refill()
    return job
  }

  ahead(connection: Connection): Job | undefined {
    // Behind a slow reply the message would wait although another connection may come free sooner.
    if (this.#replyMs === undefined || this.#replyMs >= fastReplyMs || !connection.open || !this.#settings.road.mayStart()) return undefined
    const job = this.#ready.shift()
    if (job) this.#refill()
    return job
  }

  settled(connection: Connection, job: Job, result: TransactionResult | Unsent): void {
    if (result.kind === 'unsent' && job.redispatched < redispatchMax) {
      job.redispatched++
      this.#ready.unshift(job)
      queueMicrotask(() => this.pump())
      return
    }
    if (job.redispatched < redispatchMax && this.#isConnectionUsedUp(connection, result)) {
      job.redispatched++
      this.#messagesMax = connection.messages
      connection.quit()
      this.#ready.unshift(job)
      queueMicrotask(() => this.pump())
      return
    }
    if (result.kind === 'accepted') this.#learnSuccess(result.replyMs)
    else if (result.kind === 'refused' && (result.reply.code !== 421 || this.#isAboutTenant(result))) this.#strikes = 0
    else this.#learnCut(result.reply)
    this.#release(job)
    this.#settings.road.settled(job, result.kind === 'unsent' ? { kind: 'lost', reply: result.reply, afterDot: false } : result, connection, this)
  }

  gone(connection: Connection, end: ConnectionEnd): void {
    this.#connections.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
    if (this.#givingWay === connection) this.#givingWay = undefined
    this.#pool.share.released(this)
    this.#pool.lane?.share.released(this)
    const dial = this.#dialling.get(connection)
    this.#dialling.delete(connection)
    dial?.(end)
    // The peer closes after so many messages: do not send an envelope into a closing door.
    if (end.closedByPeer && connection.messages > 0 && connection.messages < this.#messagesBound()) this.#messagesMax = Math.max(1, connection.messages)
    queueMicrotask(() => this.pump())
  }

  /** A 421 may close over what one tenant sends: that says nothing about the site for the others. */
  #isAboutTenant({ phase, reply }: Extract<TransactionResult, { kind: 'refused' }>): boolean {
    const { scope } = classifyReply(phase, reply.text, this.provider)
    return scope === 'tenant-domain' || scope === 'content'
  }

  /** "Too many messages on this connection": the next takes the message at once. A 421 says the same by closing (`unsent`). */
  #isConnectionUsedUp(connection: Connection, result: TransactionResult | Unsent): boolean {
    if (result.kind !== 'refused' || connection.messages === 0 || result.reply.code >= 500 || result.reply.code === 421 || result.phase === 'dot') return false
    // Cheap first: most refusals do not speak of connections at all.
    return /connection|session|mi:dmc/i.test(result.reply.text) && classifyReply(result.phase, result.reply.text, this.provider).retry === 'conn'
  }

  #lookAhead(): number {
    if (this.#isSlow()) {
      if (this.#failures > 0 && this.#connections.size === 0) return 1
      return slowLookAhead + this.#idle.length
    }
    return fastLookAhead + this.#connections.size
  }

  #isSlow(): boolean {
    return this.#replyMs === undefined || this.#replyMs >= fastReplyMs
  }

  #tenantMax(): number {
    return this.#isSlow() ? Math.ceil(this.#connectionsMax * tenantShareOfSite) : Number.POSITIVE_INFINITY
  }

  #refill(): void {
    if (!this.#pumping) this.pump()
  }

  #put(job: Job): void {
    job.readySince = this.#settings.clock.now()
    this.#ready.push(job)
  }

  /** The job is no longer this site's. */
  #release(job: Job): void {
    this.#running--
    this.queue.done(job.entry.tenantName)
  }

  #learnSuccess(replyMs: number): void {
    this.#failures = this.#strikes = 0
    this.#replyMs = this.#replyMs === undefined ? replyMs : this.#replyMs + (replyMs - this.#replyMs) / 8
    if (this.#connectionsMax < this.#ceiling() && (++this.#successes >= 20 || this.#settings.clock.now() - this.#changedAt >= regainMs)) {
      this.#successes = 0
      this.#changedAt = this.#settings.clock.now()
      this.#connectionsMax++
    }
  }

  /** 421, or the connection died: fewer connections, and after some in a row a pause for the whole site. */
  #learnCut(reply: SmtpReply): void {
    this.#successes = 0
    if (reply.code === 421 && this.#connections.size > 0) {
      this.#connectionsMax = Math.max(1, Math.floor(Math.min(this.#connectionsMax, this.#connections.size) / 2))
      this.#changedAt = this.#settings.clock.now()
    }
    if (++this.#strikes < strikesMax) return
    this.#strikes = 0
    this.#suspend(reply, false)
  }

  #openMore(): void {
    const demand = this.#ready.length + this.#preparing + this.queue.length
    if (demand === 0 || !this.#settings.road.mayStart()) return
    const { lane } = this.#pool
    const now = this.#settings.clock.now()
    if (lane?.hold(now)) return
    const allowed = lane ? Math.min(lane.connectionsMax(now), lane.providerConnectionsMax(now)) : Number.POSITIVE_INFINITY
    if (this.#connections.size > allowed) this.#keepConnections(allowed)
    const most = Math.min(this.#connectionsMax, allowed)
    // Until the first reply tells how fast the site is, a few connections are enough.
    const connectionsMax = this.#replyMs === undefined ? Math.min(most, dialsPerSiteMax) : most
    while (this.#dials < dialsPerSiteMax && this.#connections.size + this.#dials < connectionsMax && demand > this.#idle.length + this.#dials) {
      if (!this.#isSlow() && this.#connections.size + this.#dials > 0 && !this.#waitsTooLong()) {
        this.#armImpatience()
        return
      }
      if (!this.#pool.share.mayOpen(this, this.#ceiling())) return
      if (lane && !lane.share.mayOpen(this, lane.providerConnectionsMax(now))) return
      this.#dials++
      void this.#dialOnce()
    }
  }

  #waitsTooLong(): boolean {
    const first = this.#ready[0]
    return first !== undefined && this.#settings.clock.now() - first.readySince >= impatienceMs
  }

  #armImpatience(): void {
    if (this.#impatience || this.#ready.length === 0) return
    this.#impatience = this.#settings.clock.after(impatienceMs, () => {
      this.#impatience = undefined
      this.pump()
    })
  }

  /** Tries the hosts in order until a session stands. */
  async #dialOnce(): Promise<void> {
    let failure = replyOf('421 4.4.1 Unable to connect to remote host')
    try {
      const found = await this.#reach()
      if (found === undefined) {
        this.#dials--
        this.pump()
        return
      }
      failure = found
    } catch (fault) {
      failure = replyOf(`421 4.3.0 Unable to connect (${fault instanceof Error ? fault.name : 'fault'})`)
    }
    this.#dials--
    this.#unreachable(failure)
  }

  /** Undefined when a session stands; otherwise the last refusal. */
  async #reach(): Promise<SmtpReply | undefined> {
    const { dns, random, allowPrivate, ownAddresses, brokenTls } = this.#settings
    const { demand } = this.#pool
    let last: SmtpReply | undefined
    let addresses = 0
    let sessions = 0
    for (const host of orderHosts(this.#hosts, random)) {
      const found = await resolveAddresses(dns, host.name, this.#egress?.address.includes(':') ?? false)
      if (found.kind === 'none') {
        last = replyOf(found.reply)
        continue
      }
      const ruling = demand && (await ruleFor(host, found, demand, { tlsa: this.#settings.tlsa, clock: this.#settings.clock }))
      if (ruling?.kind === 'refused') {
        last = replyOf(ruling.reply)
        this.#tellFailure(ruling.failure, { host: host.name, address: undefined, tlsa: ruling.tlsa ? [] : undefined })
        continue
      }
      const rule = ruling?.rule
      for (const address of found.addresses) {
        if (addresses >= addressesPerAttemptMax || sessions >= sessionsPerAttemptMax) return last
        if (!this.#routed && ((!allowPrivate && !isPublicAddress(address)) || ownAddresses.has(address))) {
          last = replyOf(`451 4.4.4 ${host.name} has the address ${address}, which is not one of a mail exchanger`)
          continue
        }
        addresses++
        const tlsKey = `${host.name} ${address}`
        let end = await this.#session(host, address, rule?.tls === true || !brokenTls.has(tlsKey), rule)
        if (end !== 'established' && end.tlsBroken) {
          brokenTls.add(tlsKey)
          if (!rule?.tls) end = await this.#session(host, address, false, rule)
        }
        if (end === 'established') return undefined
        // A session that fails our rule says nothing about the next host.
        if (rule && end.failure) this.#tellFailure(end.failure, { host: host.name, address, tlsa: rule.tlsa })
        else if (end.greeted) sessions++
        last = end.reply
      }
    }
    return last ?? replyOf('451 4.4.4 No mail exchanger could be tried')
  }

  #tellFailure(failure: TlsFailure, at: Parameters<SiteRoad['tlsFailed']>[1]): void {
    this.#settings.road.tlsFailed(failure, at, this.#waiting())
  }

  *#waiting(): Iterable<Job> {
    yield* this.#ready
    yield* this.queue.heads()
  }

  #session(host: MailHost, address: string, startTls: boolean, rule: SessionRule | undefined): Promise<ConnectionEnd | 'established'> {
    const { clock, dial, hostname } = this.#settings
    return new Promise((resolve) => {
      const connection = new Connection(
        {
          host: host.name,
          address,
          port: host.port,
          localAddress: this.#egress?.address,
          ehloName: this.#egress?.ehloName ?? hostname,
          startTls,
          rule,
          messagesMax: this.#messagesBound(),
        },
        { dial, clock, owner: this },
      )
      this.#connections.add(connection)
      this.#dialling.set(connection, resolve)
    })
  }

  #unreachable(reply: SmtpReply): void {
    if (this.#connections.size > 0) {
      // Others stand: this many is what the site gives us now.
      this.#connectionsMax = Math.max(1, Math.min(this.#connectionsMax, this.#connections.size))
      return
    }
    // Several dials of one attempt fail together; they count once.
    if (this.#dials > 0) return
    // A refusal at the greeting may speak about us.
    if (this.#pool.lane && reply.code >= 400) this.learn(classifyReply('banner', reply.text, this.provider), '')
    this.#suspend(reply, true)
  }

  /** Leaves the site alone for a step of the timetable; what waits goes back to the store. */
  #suspend(reply: SmtpReply, tried: boolean): void {
    const { clock, random, road, retryDelay } = this.#settings
    this.#failures++
    this.#suspendedUntil = clock.now() + (retryDelay ? retryDelay(this.#failures) : retryDelayMs(this.#failures, random))
    this.#lastFailure = asTemporary(reply)
    const jobs = [...this.#ready.splice(0), ...this.queue.drain()]
    for (const job of jobs) {
      if (job.readySince > 0) this.#release(job)
      road.putBack(job, this.#lastFailure, this.#suspendedUntil, tried)
    }
  }
}

/** A 5xx greeting speaks of the connection, never of the recipients (deliverability.md §1.1): it waits like any other. */
function asTemporary(reply: SmtpReply): SmtpReply {
  return reply.code < 500 ? reply : { ...replyOf(`421 4.4.1 Refused at the greeting: ${reply.text}`) }
}
