// Whose message is next at one site: deficit round robin among tenants (Shreedhar and Varghese, 1996), weighted, and inside a tenant
// transactional mail before bulk. A turn is one message of ordinary size; a large one pays with several turns, so that size buys no share.
// Nobody starves: a tenant that comes new waits for one round at most, and bulk mail gets every eighth turn of its tenant whatever else it has.
// Where slots are scarce bulk mail leaves one of its tenant's to transactional mail, which then waits for no transaction of the bulk mail.
import type { Job } from './job.ts'
import type { LimitReached, TenantMeter } from './tenant-meter.ts'

const bytesPerTurn = 64 * 1024
/** Weight of a tenant without one of its own: one turn in each round. */
const ordinaryWeight = 10
/** Turns of transactional mail after which waiting bulk mail has one. */
const bulkEvery = 8
/** With fewer slots bulk mail may have all of them: a reserve would cost it too much. */
const reservingSlotsMin = 4

/** Jobs in order of arrival; taking one moves nothing. */
class Line {
  #jobs: Job[] = []
  #head = 0

  get length(): number {
    return this.#jobs.length - this.#head
  }

  get first(): Job | undefined {
    return this.#jobs[this.#head]
  }

  push(job: Job): void {
    this.#jobs.push(job)
  }

  shift(): void {
    this.#head++
    if (this.#head === this.#jobs.length) {
      this.#jobs = []
      this.#head = 0
    } else if (this.#head > 64) {
      this.#jobs.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** Takes out those behind the first `count`. */
  cut(count: number): Job[] {
    return this.#jobs.splice(Math.min(this.#head + count, this.#jobs.length))
  }

  /** Takes out all. */
  drain(): Job[] {
    const jobs = this.#jobs.slice(this.#head)
    this.#jobs = []
    this.#head = 0
    return jobs
  }
}

/** Answers why nothing of a tenant may start. */
export type HoldOf = (tenantName: string, now: number) => LimitReached | undefined

interface Waiting {
  readonly tenantName: string
  readonly urgent: Line
  readonly bulk: Line
  /** Urgent turns since the last bulk one. */
  urgentTurns: number
  deficit: number
  /** Jobs taken and not yet done, and those of bulk mail among them. */
  running: number
  runningBulk: number
  inRing: boolean
  /** The limit that lets nothing start. */
  parked: LimitReached | undefined
  /** Of the newest job: limits may come and go while mail waits. */
  meter: TenantMeter | undefined
}

/** Jobs of one site, by tenant. */
export class FairQueue {
  readonly #tenants = new Map<string, Waiting>()
  readonly #provider: string
  #ring: Waiting[] = []
  #ringHead = 0
  #length = 0
  readonly #parked = new Set<Waiting>()

  readonly #holdOf: HoldOf | undefined

  /**
   * @param provider the mailbox provider of the site, for limits by provider.
   * @param holdOf what shaping keeps of one tenant here.
   */
  constructor(provider = '', holdOf?: HoldOf) {
    this.#provider = provider
    this.#holdOf = holdOf
  }

  /** Jobs that wait, parked ones included. */
  get length(): number {
    return this.#length
  }

  /** Jobs of a tenant that were taken and are not done. */
  runningOf(tenantName: string): number {
    return this.#tenants.get(tenantName)?.running ?? 0
  }

  /** Jobs of one lane that wait or run here. */
  countOf(tenantName: string, bulk: boolean): number {
    const tenant = this.#tenants.get(tenantName)
    if (!tenant) return 0
    return bulk ? tenant.bulk.length + tenant.runningBulk : tenant.urgent.length + tenant.running - tenant.runningBulk
  }

  /** Takes out what is more than `max` of each lane; the oldest stay. */
  trim(max: number): Job[] {
    const jobs: Job[] = []
    for (const { urgent, bulk, running, runningBulk } of this.#tenants.values())
      jobs.push(...urgent.cut(Math.max(0, max - running + runningBulk)), ...bulk.cut(Math.max(0, max - runningBulk)))
    this.#length -= jobs.length
    return jobs
  }

  /** When the first parked tenant may go on; Infinity when none is parked. */
  get parkedUntil(): number {
    let until = Number.POSITIVE_INFINITY
    for (const tenant of this.#parked) until = Math.min(until, tenant.parked?.until ?? until)
    return until
  }

  push(job: Job): void {
    const { tenantName, bulk } = job.entry
    let tenant = this.#tenants.get(tenantName)
    if (!tenant) {
      tenant = {
        tenantName,
        urgent: new Line(),
        bulk: new Line(),
        urgentTurns: 0,
        deficit: 0,
        running: 0,
        runningBulk: 0,
        inRing: false,
        parked: undefined,
        meter: undefined,
      }
      this.#tenants.set(tenantName, tenant)
    }
    tenant.meter = job.meter
    ;(bulk ? tenant.bulk : tenant.urgent).push(job)
    this.#length++
    if (!tenant.inRing && !tenant.parked) this.#enter(tenant)
  }

  /**
   * Takes the next job in turn; `done` must follow once for it.
   * @param runningMax a tenant with so many running is passed over.
   * @param now for limits; a tenant whose limits say no is parked until they let it.
   */
  take(runningMax: number, now: number): Job | undefined {
    if (this.#parked.size > 0) this.#unpark(now)
    let passed = 0
    let debtors = 0
    for (;;) {
      const length = this.#ring.length - this.#ringHead
      if (length === 0) return undefined
      if (passed >= length) {
        if (debtors === 0) return undefined
        // A whole round served nobody: give the rounds that the cheapest first job still needs to all at once.
        this.#skipRounds(runningMax)
        passed = debtors = 0
      }
      const tenant = this.#ring[this.#ringHead] as Waiting
      if (!nextOf(tenant)) {
        this.#leave()
        this.#forget(tenant)
        continue
      }
      const { meter } = tenant
      const job = nextWithin(tenant, runningMax)
      if (!job) {
        this.#rotate()
        passed++
        continue
      }
      const cost = turnsOf(job)
      if (tenant.deficit < cost) tenant.deficit += weightOf(tenant)
      if (tenant.deficit < cost) {
        this.#rotate()
        passed++
        debtors++
        continue
      }
      const reached = this.#holdOf?.(tenant.tenantName, now) ?? meter?.start(this.#provider, now)
      if (reached) {
        this.#leave()
        tenant.parked = reached
        tenant.deficit = 0
        this.#parked.add(tenant)
        continue
      }
      this.#serve(tenant, job, cost)
      return job
    }
  }

  /** A job that was taken is no longer running here. */
  done({ entry: { tenantName, bulk } }: Job): void {
    const tenant = this.#tenants.get(tenantName)
    if (!tenant) return
    tenant.running--
    if (bulk) tenant.runningBulk--
    this.#forget(tenant)
  }

  /** Takes out the jobs of tenants that must wait until `until` or longer; nothing of it counts as running. */
  drainParked(until: number): { reached: LimitReached; jobs: Job[] }[] {
    const drained: { reached: LimitReached; jobs: Job[] }[] = []
    for (const tenant of this.#parked) {
      const reached = tenant.parked
      if (!reached || reached.until < until) continue
      this.#parked.delete(tenant)
      const jobs = [...tenant.urgent.drain(), ...tenant.bulk.drain()]
      this.#length -= jobs.length
      drained.push({ reached, jobs })
      tenant.parked = undefined
      this.#forget(tenant)
    }
    return drained
  }

  /** Limits changed: judge parked tenants anew. */
  unpark(): void {
    this.#unpark(Number.POSITIVE_INFINITY)
  }

  /** The next job of each tenant, to look at: nothing is taken. */
  *heads(): Iterable<Job> {
    for (const tenant of this.#tenants.values()) {
      const next = tenant.urgent.first ?? tenant.bulk.first
      if (next) yield next
    }
  }

  /** Takes out all that wait; nothing of it counts as running. */
  drain(): Job[] {
    const jobs: Job[] = []
    for (const tenant of this.#tenants.values()) {
      jobs.push(...tenant.urgent.drain(), ...tenant.bulk.drain())
      tenant.inRing = false
      tenant.parked = undefined
      if (tenant.running <= 0) this.#tenants.delete(tenant.tenantName)
    }
    this.#parked.clear()
    this.#ring = []
    this.#ringHead = 0
    this.#length = 0
    return jobs
  }

  #serve(tenant: Waiting, job: Job, cost: number): void {
    if (job === tenant.urgent.first) {
      tenant.urgent.shift()
      tenant.urgentTurns++
    } else {
      tenant.bulk.shift()
      tenant.urgentTurns = 0
    }
    tenant.deficit -= cost
    tenant.running++
    if (job.entry.bulk) tenant.runningBulk++
    this.#length--
    const next = nextOf(tenant)
    if (!next) {
      this.#leave()
      tenant.deficit = 0
    } else if (tenant.deficit < turnsOf(next)) this.#rotate()
    // Otherwise its weight gives it another turn at once.
  }

  /** Nobody in the ring can pay: each gets as many rounds as the one needs that will be first. */
  #skipRounds(runningMax: number): void {
    let rounds = Number.POSITIVE_INFINITY
    for (let at = this.#ringHead; at < this.#ring.length; at++) {
      const tenant = this.#ring[at] as Waiting
      const job = nextWithin(tenant, runningMax)
      if (job) rounds = Math.min(rounds, Math.ceil((turnsOf(job) - tenant.deficit) / weightOf(tenant)) - 1)
    }
    if (rounds < 1 || !Number.isFinite(rounds)) return
    for (let at = this.#ringHead; at < this.#ring.length; at++) {
      const tenant = this.#ring[at] as Waiting
      // Who is passed over saves nothing up.
      if (nextWithin(tenant, runningMax)) tenant.deficit += rounds * weightOf(tenant)
    }
  }

  #unpark(now: number): void {
    for (const tenant of this.#parked) {
      if (tenant.parked && tenant.parked.until > now) continue
      this.#parked.delete(tenant)
      tenant.parked = undefined
      if (nextOf(tenant)) this.#enter(tenant)
      else this.#forget(tenant)
    }
  }

  #forget(tenant: Waiting): void {
    if (tenant.running <= 0 && !tenant.inRing && !tenant.parked) this.#tenants.delete(tenant.tenantName)
  }

  #enter(tenant: Waiting): void {
    tenant.inRing = true
    this.#ring.push(tenant)
  }

  #rotate(): void {
    const tenant = this.#ring[this.#ringHead] as Waiting
    this.#leave()
    this.#enter(tenant)
  }

  #leave(): void {
    const tenant = this.#ring[this.#ringHead++]
    if (tenant) tenant.inRing = false
    if (this.#ringHead > 256 && this.#ringHead * 2 > this.#ring.length) {
      this.#ring = this.#ring.slice(this.#ringHead)
      this.#ringHead = 0
    }
  }
}

/** Transactional mail first; bulk mail when there is none, and every eighth turn. */
function nextOf({ urgent, bulk, urgentTurns }: Waiting, mayTakeBulk = true): Job | undefined {
  if (mayTakeBulk && bulk.length > 0 && (urgent.length === 0 || urgentTurns >= bulkEvery - 1)) return bulk.first
  return urgent.first
}

/** The next of a tenant, if its share of so many slots lets it run. */
function nextWithin(tenant: Waiting, runningMax: number): Job | undefined {
  const { meter, running, runningBulk } = tenant
  const slots = meter ? Math.max(1, Math.floor(runningMax * meter.connectionShare)) : runningMax
  if (running >= slots) return undefined
  return nextOf(tenant, slots < reservingSlotsMin || runningBulk < slots - 1)
}

function weightOf(tenant: Waiting): number {
  return (tenant.meter?.weight ?? ordinaryWeight) / ordinaryWeight
}

function turnsOf(job: Job): number {
  return Math.max(1, Math.ceil(job.entry.body.bytes / bytesPerTurn))
}
