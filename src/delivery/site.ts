// One destination site seen from one of our addresses: its waiting mail, and when it moves.
// Connections are opened when mail waits, shared by all domains of the site, and closed when idle. A site that cannot be reached
// is left alone for the steps of the retry timetable, and everything that waits for it goes back to the store meanwhile.
// Leaves to whom: connections are site-connections.ts, what was learned is site-memory.ts; making a message ready and recording its end are
// the road's (`SiteRoad`).
import type { Timer } from '../kit/clock.ts'
import { retryDelayMs } from '../kit/retry-timetable.ts'
import { classifyReply } from '../mail/classify-reply.ts'
import type { SmtpReply } from '../mail/replies.ts'
import type { Connection, ConnectionOwner } from './connection.ts'
import type { ConnectionEnd, TransactionResult, Unsent } from './transaction-result.ts'
import type { Egress } from './choose-egress.ts'
import type { Job } from './job.ts'
import { isAboutTenant, isConnectionUsedUp } from './judge-session.ts'
import {
  dialsPerSiteMax,
  fastLookAhead,
  impatienceMs,
  messagesPerConnectionMax,
  messagesPerRouteConnectionMax,
  parkedMsMax,
  redispatchMax,
  silentEntriesMax,
  silentHoldMs,
  silentMs,
  slowLookAhead,
  tenantShareOfSite,
} from './limits.ts'
import type { MailHost } from './resolve-destination.ts'
import type { Shaper } from './shaping/shaper.ts'
import type { Said, ShapingHold, ShapingLane } from './shaping/shaping-lane.ts'
import type { ShapingPlace } from './shaping/values.ts'
import { type SessionSettings, SiteConnections } from './site-connections.ts'
import { SiteCrowd } from './site-crowd.ts'
import { SiteMemory, type Suspension } from './site-memory.ts'
import type { SeenSite, SiteRoad } from './site-road.ts'
import type { LimitReached } from './tenant-meter.ts'
import type { ConnectionShare, SharingPool } from './transport/connection-share.ts'
import type { Demand } from './transport/demand.ts'
import { WaitingMail } from './waiting-mail.ts'

/** What all sites of a service share. */
export interface SiteSettings extends SessionSettings {
  readonly road: SiteRoad
  /** Left out: the retry timetable. */
  readonly retryDelay?: (attempts: number) => number
  /** Left out: nothing is shaped. */
  readonly shaper?: Shaper | undefined
}

/** What sets the mail of a site apart from other mail for the same hosts. */
export interface Pool {
  /** Who takes the mail, for rules and limits by provider; part of the site's key, so it never changes. */
  readonly provider: string | undefined
  /** Of each connection; undefined: none. */
  readonly demand: Demand | undefined
  readonly share: ConnectionShare
  /** What is held back for the provider; undefined for a static route. */
  readonly lane: ShapingLane | undefined
  /** Whom that lane is for. */
  readonly place: ShapingPlace | undefined
}

/** A site; lives as long as it has something to do or to remember. */
export class Site implements ConnectionOwner, SharingPool, SeenSite {
  readonly key: string
  readonly provider: string | undefined
  readonly #settings: SiteSettings
  readonly #routed: boolean
  readonly #ownCeiling: number
  readonly #pool: Pool
  readonly #memory: SiteMemory
  readonly #connections: SiteConnections
  readonly #mail: WaitingMail
  readonly #crowd: SiteCrowd
  #hosts: readonly MailHost[]
  #pumping = false
  #impatience: Timer | undefined
  #parking: Timer | undefined

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
    this.provider = pool.provider
    const { lane } = pool
    this.#mail = new WaitingMail(this.provider, lane && ((tenantName, now) => this.#reached(lane.tenantHold(tenantName, now))))
    this.#routed = routed
    this.#settings = settings
    this.#ownCeiling = connectionsMax
    const { clock, random, retryDelay, road } = settings
    this.#memory = new SiteMemory(this.#ceiling(), clock, retryDelay ?? ((failures) => retryDelayMs(failures, random)))
    this.#crowd = new SiteCrowd(key, {
      road,
      clock,
      mail: this.#mail,
      memory: this.#memory,
      tenantMax: () => Math.ceil(this.#memory.connectionsMax * tenantShareOfSite),
    })
    this.#connections = new SiteConnections(settings, {
      egress,
      routed,
      demand: pool.demand,
      owner: this,
      messagesMax: () => this.#messagesBound(),
      tlsFailed: (failure, at) => road.tlsFailed(failure, at, this.#mail.heads()),
    })
  }

  /** True when it has no mail and no connection. */
  get empty(): boolean {
    return this.#mail.isEmpty && this.held === 0 && this.#crowd.isEmpty
  }

  get place(): ShapingPlace | undefined {
    return this.#pool.place
  }

  /** When it may be tried again, and why not now; undefined when it may. */
  get suspension(): Suspension | undefined {
    return this.#memory.suspension
  }

  /** Connections and dials. */
  get held(): number {
    return this.#connections.size + this.#connections.dials
  }

  /** Another pool of the same site needs one of our connections. */
  giveWay(): void {
    this.#connections.giveWay()
  }

  /** It is forgotten. */
  leave(): void {
    this.#pool.share.pools.delete(this)
    this.#pool.lane?.share.pools.delete(this)
  }

  /** Messages that are at a far server now. */
  get transacting(): number {
    return this.#mail.transacting
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
    const { queue } = this.#mail
    if (queue.length >= silentEntriesMax && this.#isSilent()) {
      this.#postponeSilent([job])
      return
    }
    if (this.#crowd.turnsAway(job)) return
    queue.push(job)
    this.pump()
  }

  /** Moves what can move: prepares, hands to idle connections, opens connections. Cheap when there is nothing to do. */
  pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const mail = this.#mail
    const { road } = this.#settings
    const now = this.#settings.clock.now()
    const { lane } = this.#pool
    const pause = lane?.hold(now)
    if (lane && pause) this.#holdAll(lane, pause)
    while (!pause && road.mayStart() && mail.ahead < this.#lookAhead()) {
      const rate = lane?.wait(now)
      if (lane && rate) {
        this.#awaitRate(lane, rate, now)
        break
      }
      const job = mail.take(this.#tenantMax(), now)
      if (!job) break
      lane?.count()
      road.prepare(job, (ready) => {
        mail.prepared()
        const { suspension } = this
        // The site was lost, or told us to hold back, while the message was made ready.
        const held = lane && (lane.hold(this.#settings.clock.now()) ?? lane.tenantHold(job.entry.tenantName, this.#settings.clock.now()))
        if (ready && !suspension && !held) mail.put(job, this.#settings.clock.now())
        else {
          mail.release(job)
          if (ready && suspension) road.putBack(job, suspension.reply, suspension.until, true)
          else if (ready && lane && held) this.#giveBack(lane, held, [job])
        }
        if (!this.#pumping) this.pump()
      })
    }
    while (mail.hasReady && road.mayStart()) {
      const connection = this.#connections.takeIdle()
      if (!connection) break
      const job = mail.shift()
      if (job) connection.start(job)
    }
    this.#openMore()
    this.#pumping = false
    if (mail.queue.parkedUntil < Number.POSITIVE_INFINITY) this.#tendParked(now)
  }

  /** A pause: all that waits goes back to the store, also what is ready. */
  #holdAll(lane: ShapingLane, pause: ShapingHold): void {
    const jobs = this.#mail.drain()
    if (jobs.length > 0) this.#giveBack(lane, pause, jobs)
    this.#connections.keep(0)
  }

  /** A rate: who must wait long for the next turn goes back to the store, else the pump comes again in time. What is ready has had its turn. */
  #awaitRate(lane: ShapingLane, rate: ShapingHold, now: number): void {
    if (this.#mail.queue.length === 0) return
    if (rate.until - now > parkedMsMax) this.#giveBack(lane, rate, this.#mail.queue.drain())
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

  learn(said: Said, tenantName: string | undefined): void {
    const { lane } = this.#pool
    const { clock } = this.#settings
    const learned = lane?.learn(said, tenantName, clock.now())
    if (!lane || !learned) return
    this.#settings.road.shaped(learned.reaction.name, this, learned.tenantOnly ? tenantName : undefined)
    if (learned.tenantOnly && tenantName !== undefined) {
      const reached = this.#reached(lane.tenantHold(tenantName, clock.now()))
      const mine = reached ? this.#mail.drainReady(tenantName) : []
      if (!reached || mine.length === 0) return
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
    return Math.min(this.#memory.messagesMax, usual)
  }

  /** Limits keep some back: those that must wait long go to the store, the others get a turn when their time comes. */
  #tendParked(now: number): void {
    const { road } = this.#settings
    for (const { reached, jobs } of this.#mail.queue.drainParked(now + parkedMsMax)) road.limited(reached, jobs)
    const next = this.#mail.queue.parkedUntil
    if (next < Number.POSITIVE_INFINITY) this.#pumpAt(next, now)
  }

  /** Limits changed. */
  unpark(): void {
    if (this.#mail.queue.parkedUntil === Number.POSITIVE_INFINITY) return
    this.#mail.queue.unpark()
    this.pump()
  }

  /** Looks for expired waits. */
  sweep(now: number): void {
    this.#connections.sweep(now)
    this.#crowd.sweep()
    const { queue } = this.#mail
    if (queue.length <= silentEntriesMax || !this.#isSilent()) return
    const jobs = queue.drain()
    for (const job of jobs.splice(0, silentEntriesMax)) queue.push(job)
    this.#postponeSilent(jobs)
  }

  #isSilent(): boolean {
    return this.#connections.silentMs(this.#settings.clock.now()) >= silentMs
  }

  /** A destination that swallows connections must not fill the windows of its tenants: their other mail could not be claimed. */
  #postponeSilent(jobs: readonly Job[]): void {
    const until = this.#settings.clock.now() + silentHoldMs
    this.#settings.road.limited({ until, limit: 'the destination does not answer', provider: this.provider ?? this.key }, jobs)
  }

  /** Gives back everything that is not at a far server, and says goodbye. */
  stop(): Job[] {
    const jobs = this.#mail.drain()
    this.#connections.quitIdle()
    return jobs
  }

  /** Ends every connection now. */
  destroy(): void {
    this.#impatience?.cancel()
    this.#parking?.cancel()
    this.#connections.destroy('421 4.3.2 Service is closing')
  }

  /** Connections for the gauge. */
  get connections(): number {
    return this.#connections.size
  }

  established(connection: Connection): void {
    this.#connections.established(connection)
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
    const job = road.mayStart() ? this.#mail.shift() : undefined
    if (!job) {
      this.#connections.addIdle(connection)
      // Outside the pump: what waits may be prepared for this connection now.
      if (!this.#pumping) queueMicrotask(() => this.pump())
      return undefined
    }
    this.#refill()
    return job
  }

  ahead(connection: Connection): Job | undefined {
    // Behind a slow reply the message would wait although another connection may come free sooner.
    if (this.#memory.isSlow || !connection.open || !this.#settings.road.mayStart()) return undefined
    const job = this.#mail.shift()
    if (job) this.#refill()
    return job
  }

  settled(connection: Connection, job: Job, result: TransactionResult | Unsent): void {
    if (result.kind === 'unsent' && job.redispatched < redispatchMax) {
      job.redispatched++
      this.#mail.putFirst(job)
      queueMicrotask(() => this.pump())
      return
    }
    if (job.redispatched < redispatchMax && isConnectionUsedUp(result, connection.messages, this.provider)) {
      job.redispatched++
      this.#memory.learnClosed(connection.messages)
      connection.quit()
      this.#mail.putFirst(job)
      queueMicrotask(() => this.pump())
      return
    }
    if (result.kind === 'accepted') this.#memory.learnSuccess(result.replyMs, this.#ceiling())
    else if (result.kind === 'refused' && (result.reply.code !== 421 || isAboutTenant(result, this.provider))) this.#memory.learnRefusal()
    else if (this.#memory.learnCut(result.reply, this.#connections.size)) this.#suspend(result.reply, false)
    this.#mail.release(job)
    this.#crowd.invite()
    this.#settings.road.settled(job, result.kind === 'unsent' ? { kind: 'lost', reply: result.reply, afterDot: false } : result, connection, this)
  }

  gone(connection: Connection, end: ConnectionEnd): void {
    this.#connections.gone(connection, end)
    this.#pool.share.released(this)
    this.#pool.lane?.share.released(this)
    if (end.closedByPeer && connection.messages > 0 && connection.messages < this.#messagesBound()) this.#memory.learnClosed(connection.messages)
    queueMicrotask(() => this.pump())
  }

  #lookAhead(): number {
    if (!this.#memory.isSlow) return fastLookAhead + this.#connections.size
    if (this.#memory.isFailing && this.#connections.size === 0) return 1
    return slowLookAhead + this.#connections.idle
  }

  #tenantMax(): number {
    return this.#memory.isSlow ? Math.ceil(this.#memory.connectionsMax * tenantShareOfSite) : Number.POSITIVE_INFINITY
  }

  #refill(): void {
    if (!this.#pumping) this.pump()
  }

  #openMore(): void {
    const { demand } = this.#mail
    if (demand === 0 || !this.#settings.road.mayStart()) return
    const { lane } = this.#pool
    const connections = this.#connections
    const now = this.#settings.clock.now()
    if (lane?.hold(now)) return
    const allowed = lane ? Math.min(lane.connectionsMax(now), lane.providerConnectionsMax(now)) : Number.POSITIVE_INFINITY
    if (connections.size > allowed) connections.keep(allowed)
    const most = Math.min(this.#memory.connectionsMax, allowed)
    // Until the first reply tells how fast the site is, a few connections are enough.
    const connectionsMax = this.#memory.replyMs === undefined ? Math.min(most, dialsPerSiteMax) : most
    while (connections.dials < dialsPerSiteMax && this.held < connectionsMax && demand > connections.idle + connections.dials) {
      if (!this.#memory.isSlow && this.held > 0 && !this.#waitsTooLong()) {
        this.#armImpatience()
        return
      }
      if (!this.#pool.share.mayOpen(this, this.#ceiling())) return
      if (lane && !lane.share.mayOpen(this, lane.providerConnectionsMax(now))) return
      void connections.open(this.#hosts, (failure) => (failure ? this.#unreachable(failure) : this.pump()))
    }
  }

  #waitsTooLong(): boolean {
    const { readySince } = this.#mail
    return readySince !== undefined && this.#settings.clock.now() - readySince >= impatienceMs
  }

  #armImpatience(): void {
    if (this.#impatience || !this.#mail.hasReady) return
    this.#impatience = this.#settings.clock.after(impatienceMs, () => {
      this.#impatience = undefined
      this.pump()
    })
  }

  #unreachable(reply: SmtpReply): void {
    if (this.#connections.size > 0) {
      this.#memory.learnFull(this.#connections.size)
      return
    }
    // Several dials of one attempt fail together; they count once.
    if (this.#connections.dials > 0) return
    // A refusal at the greeting may speak about us.
    if (this.#pool.lane && reply.code >= 400) this.learn(classifyReply('banner', reply.text, this.provider), undefined)
    this.#suspend(reply, true)
  }

  /** Leaves the site alone for a step of the timetable; what waits goes back to the store. */
  #suspend(reply: SmtpReply, tried: boolean): void {
    const { until, reply: failure } = this.#memory.suspend(reply)
    for (const job of this.#mail.drain()) this.#settings.road.putBack(job, failure, until, tried)
  }
}
