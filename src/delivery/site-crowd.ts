// How much mail of one lane a slow site holds in memory, and which lanes have more of it in the store. A slow site must not fill the windows of its
// senders, whose other mail could not be claimed then, nor the memory that all destinations share.
// Leaves to whom: what stays in the store and how it is found is crowds.ts.
import type { Clock } from '../kit/clock.ts'
import type { Lane } from '../storage/store.ts'
import type { Job } from './job.ts'
import { crowdEntriesMax, crowdEntriesMin, crowdEntriesTight, crowdHoldMs, crowdLanesMax, meterAheadMs, siteEntriesMin, slowStartMs } from './limits.ts'
import type { SiteMemory } from './site-memory.ts'
import type { SiteRoad } from './site-road.ts'
import type { TenantMeter } from './tenant-meter.ts'
import type { WaitingMail } from './waiting-mail.ts'

/** Lanes that are asked after one message has left. */
const looksMax = 4

/** A lane with mail in the store; the meter of the newest that was turned away. */
interface CrowdLane extends Lane {
  readonly meter: TenantMeter | undefined
}

/** Lives as long as its site. */
export class SiteCrowd {
  readonly #key: string
  readonly #road: SiteRoad
  readonly #clock: Clock
  readonly #mail: WaitingMail
  readonly #memory: SiteMemory
  readonly #openedAt: number
  /** Messages of one tenant that may run at a time. */
  readonly #tenantMax: () => number
  /** Lanes with mail in the store, in the order of their turns. */
  readonly #lanes = new Map<string, CrowdLane>()

  constructor(
    key: string,
    { road, clock, mail, memory, tenantMax }: { road: SiteRoad; clock: Clock; mail: WaitingMail; memory: SiteMemory; tenantMax: () => number },
  ) {
    this.#key = key
    this.#road = road
    this.#clock = clock
    this.#mail = mail
    this.#memory = memory
    this.#tenantMax = tenantMax
    this.#openedAt = clock.now()
  }

  get isEmpty(): boolean {
    return this.#lanes.size === 0
  }

  /** True when the job went back to the store; false: there is room for it. */
  turnsAway(job: Job): boolean {
    const most = this.#entriesMax()
    if (most === Number.POSITIVE_INFINITY) return false
    const max = this.#partOf(most, job.meter)
    const { tenantName, bulk = false } = job.entry
    if (this.#mail.queue.countOf(tenantName, bulk) < max) return false
    this.#turnAway(job, max)
    return true
  }

  /** A message left: whose turn is it to send more? */
  invite(): void {
    if (this.#lanes.size === 0) return
    const most = this.#entriesMax()
    if (most === Number.POSITIVE_INFINITY) return
    let looks = Math.min(looksMax, this.#lanes.size)
    for (const [name, lane] of this.#lanes) {
      if (looks-- <= 0) return
      const count = this.#mail.queue.countOf(lane.tenantName, lane.bulk)
      const max = this.#partOf(most, lane.meter)
      const hasRoom = max > 0 && count * 2 <= max
      // Its next look comes after those of all others, also when it has enough: or few that are held up would keep the rest from theirs.
      this.#lanes.delete(name)
      if (!hasRoom || this.#road.invite(lane, this.#key, max - count, max)) this.#lanes.set(name, lane)
    }
  }

  /** Looks whether the site is still slow; takes out what is too much by now. */
  sweep(): void {
    const max = this.#entriesMax()
    const isOver = max === Number.POSITIVE_INFINITY || this.#mail.isEmpty || this.#memory.suspension !== undefined
    if (isOver) {
      for (const lane of this.#lanes.values()) this.#road.uncrowded(lane, this.#key)
      this.#lanes.clear()
      return
    }
    for (const job of this.#mail.queue.trim(max)) this.#turnAway(job, this.#partOf(max, job.meter))
    this.invite()
  }

  /** Back to the store until it is asked for; where nobody could ask, for a fixed time. */
  #turnAway(job: Job, max: number): void {
    const { tenantName, bulk = false } = job.entry
    const name = bulk ? `${tenantName}\0` : tenantName
    const isKnown = this.#lanes.has(name)
    if ((isKnown || this.#lanes.size < crowdLanesMax) && this.#road.crowded(job, this.#key, max)) {
      if (!isKnown) this.#lanes.set(name, { tenantName, bulk, meter: job.meter })
      return
    }
    const until = this.#clock.now() + crowdHoldMs
    this.#road.limited({ until, limit: 'the destination takes mail more slowly than it comes', provider: this.#key }, [job])
  }

  /** Of a tenant with limits at most half of what these let start soon: the rest is for its other mail. */
  #partOf(max: number, meter: TenantMeter | undefined): number {
    return meter && max > 0 ? Math.min(max, Math.max(1, Math.floor(meter.allowance(this.#clock.now(), meterAheadMs) / 2))) : max
  }

  /** Infinity while the site is fast. */
  #entriesMax(): number {
    const { replyMs, isSlow } = this.#memory
    if (replyMs === undefined ? this.#clock.now() - this.#openedAt < slowStartMs : !isSlow) return Number.POSITIVE_INFINITY
    const { count } = this.#mail
    // However many sites are slow, each leaves the next one half of what is free.
    const part = Math.max(siteEntriesMin, this.#road.freeEntries() / 2)
    if (count >= 2 * part) return 0
    return count >= part ? crowdEntriesTight : Math.min(2 * this.#tenantMax() + crowdEntriesMin, crowdEntriesMax)
  }
}
