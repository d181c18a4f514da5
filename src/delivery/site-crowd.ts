// How much mail of one lane a slow site holds in memory, and which lanes have more of it in the store. A slow site must not fill the windows of its
// senders, whose other mail could not be claimed then, nor the memory that all destinations share.
// Leaves to whom: what stays in the store and how it is found is crowds.ts.
import type { Clock } from '../kit/clock.ts'
import type { Lane } from '../storage/store.ts'
import type { Job } from './job.ts'
import { crowdEntriesMax, crowdEntriesMin, crowdEntriesTight, crowdLanesMax, siteEntriesMin, slowStartMs } from './limits.ts'
import type { SiteMemory } from './site-memory.ts'
import type { SiteRoad } from './site-road.ts'
import type { WaitingMail } from './waiting-mail.ts'

/** Lanes that are asked after one message has left. */
const looksMax = 4

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
  readonly #lanes = new Map<string, Lane>()

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
    const max = this.#entriesMax()
    if (max === Number.POSITIVE_INFINITY) return false
    const { tenantName, bulk = false } = job.entry
    return this.#mail.queue.countOf(tenantName, bulk) >= max && this.#turnAway(job, max)
  }

  /** A message left: whose turn is it to send more? */
  invite(): void {
    if (this.#lanes.size === 0) return
    const max = this.#entriesMax()
    if (max === Number.POSITIVE_INFINITY) return
    let looks = Math.min(looksMax, this.#lanes.size)
    for (const [name, lane] of this.#lanes) {
      if (looks-- <= 0) return
      const count = this.#mail.queue.countOf(lane.tenantName, lane.bulk)
      if (count * 2 > max || max === 0) continue
      // Its next turn comes after those of all others.
      this.#lanes.delete(name)
      if (this.#road.invite(lane, this.#key, max - count)) this.#lanes.set(name, lane)
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
    for (const job of this.#mail.queue.trim(max)) if (!this.#turnAway(job, max)) this.#mail.queue.push(job)
    this.invite()
  }

  #turnAway(job: Job, max: number): boolean {
    const { tenantName, bulk = false } = job.entry
    const name = bulk ? `${tenantName}\0` : tenantName
    if (!this.#lanes.has(name) && this.#lanes.size >= crowdLanesMax) return false
    if (!this.#road.crowded(job, this.#key, max)) return false
    if (!this.#lanes.has(name)) this.#lanes.set(name, { tenantName, bulk })
    return true
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
