// Counts what leaves under a daily cap: per UTC day, at most a twelfth of the cap in any 60 minutes, and no more than a sixth of that in five minutes. Pure.
// A place is counted when it is taken, given back when nothing was tried, and carried into the next day while its attempt is under way: so no day
// exceeds its cap, whenever the message really goes. Places come from a grant that is durable before the first of them is taken.
import type { CapCounts } from '../../resources/warmup-counts.ts'
import { hourlyCap, utcDay } from '../../resources/warmup-schedule.ts'
import { daysKeptMax } from './limits.ts'

const bucketMs = 300_000
/** One more than an hour has, so that no 60 minutes hold more than the hour's part. */
const bucketsKept = 13
const dayMs = 86_400_000

/** A place that was taken. */
export interface Place {
  readonly day: number
  readonly bucket: number
}

/** The counts of one address, or of one address at one provider. */
export class CapMeter {
  readonly #days = new Map<number, number>()
  #newest: number
  #buckets: number[]
  /** Taken and not yet settled. */
  #open = 0
  /** Of a process that ended without telling. */
  #inherited: number
  /** Places of `#grantDay` and `#grantBucket` that are durable and not taken. */
  #granted = 0
  #grantDay = -1
  #grantBucket = -1
  /** When the next message that waits should be looked at again. */
  #nextSlot = 0

  constructor(kept: CapCounts | undefined) {
    for (const [day, used] of Object.entries(kept?.days ?? {})) this.#days.set(Number(day), used)
    this.#newest = kept?.newest ?? 0
    this.#buckets = Array.from({ length: bucketsKept }, (_, age) => kept?.buckets[age] ?? 0)
    this.#inherited = kept?.open ?? 0
  }

  /** Messages of the UTC day. */
  used(now: number): number {
    return this.#days.get(utcDay(now)) ?? this.#carried(utcDay(now))
  }

  /** Undefined: one more may start. Otherwise when. */
  fullUntil(cap: number, now: number): number | undefined {
    if (this.used(now) >= cap) return (utcDay(now) + 1) * dayMs
    const most = hourlyCap(cap)
    const newest = Math.max(this.#newest, Math.floor(now / bucketMs))
    const at = (bucket: number) => this.#buckets[this.#newest - bucket] ?? 0
    let hour = 0
    for (let bucket = newest - bucketsKept + 1; bucket <= newest; bucket++) hour += at(bucket)
    if (hour >= most) {
      for (let bucket = newest - bucketsKept + 1; bucket <= newest; bucket++) {
        hour -= at(bucket)
        if (hour < most) return Math.max(now + 1, (bucket + bucketsKept) * bucketMs)
      }
    }
    if (at(newest) >= Math.ceil(most / 6)) return Math.max(now + 1, (newest + 1) * bucketMs)
    return undefined
  }

  /** Takes a place when one is free under the grant; undefined: ask `fullUntil`, then for a grant. */
  take(cap: number, now: number): Place | undefined {
    const day = utcDay(now)
    const bucket = Math.max(this.#newest, Math.floor(now / bucketMs))
    if (this.#granted === 0 || this.#grantDay !== day || this.#grantBucket !== bucket || this.fullUntil(cap, now) !== undefined) return undefined
    this.#granted--
    this.#count(day, bucket, 1)
    this.#open++
    return { day, bucket }
  }

  /**
   * Prepares a grant: what must be durable before `granted`. It covers a few places, so that few commits are made and a crash loses little.
   * Undefined when there is no room.
   */
  plan(cap: number, now: number): { readonly counts: CapCounts; readonly grant: Grant } | undefined {
    if (this.fullUntil(cap, now) !== undefined) return undefined
    const day = utcDay(now)
    const bucket = Math.max(this.#newest, Math.floor(now / bucketMs))
    const places = Math.max(1, Math.min(Math.ceil(hourlyCap(cap) / 36), cap - this.used(now)))
    this.#roll(bucket)
    this.#openDay(day)
    return { counts: this.counts({ day, bucket, places }), grant: { day, bucket, places } }
  }

  /** The counts with this grant are durable. */
  granted({ day, bucket, places }: Grant): void {
    this.#grantDay = day
    this.#grantBucket = bucket
    this.#granted = places
  }

  /** The attempt of the place is over, and counts. */
  settle({ day }: Place, now: number): void {
    const today = utcDay(now)
    // It left on another day than it was counted on: that day begins with all that was under way, this one among them.
    if (today > day) this.#openDay(today)
    else if (today < day) this.#count(today, -1, 1)
    this.#open--
  }

  /** Nothing was tried: the place is free again. */
  release({ day, bucket }: Place, now: number): void {
    this.#open--
    const today = utcDay(now)
    this.#count(day, bucket, -1)
    // Carried over meanwhile.
    if (today > day && (this.#days.get(today) ?? 0) > 0) this.#count(today, -1, -1)
    if (day === this.#grantDay && bucket === this.#grantBucket) this.#granted++
  }

  /** Gives up what was granted and not taken, before exact counts are written. */
  giveUp(): void {
    this.#granted = 0
  }

  /** What is to be kept; with the places of a grant that is not taken. */
  counts(grant: Grant = { day: this.#grantDay, bucket: this.#grantBucket, places: 0 }): CapCounts {
    const days = Object.fromEntries([...this.#days].map(([day, used]) => [String(day), used + (day === grant.day ? grant.places : 0)]))
    const buckets = this.#buckets.map((used, age) => used + (this.#newest - age === grant.bucket ? grant.places : 0))
    return { days, newest: this.#newest, buckets, open: this.#open + this.#inherited + grant.places }
  }

  /** When the next message that waits should come back: one after the other, as the cap will let them go. */
  slot(cap: number, until: number, aheadMsMax: number, now: number): number {
    const slot = Math.min(Math.max(this.#nextSlot, until), now + aheadMsMax)
    this.#nextSlot = slot + 3_600_000 / hourlyCap(cap)
    return Math.ceil(slot)
  }

  /** True while nothing of it is under way. */
  get idle(): boolean {
    return this.#open === 0
  }

  #carried(day: number): number {
    for (const known of this.#days.keys()) if (known >= day) return 0
    return this.#open + this.#inherited
  }

  #openDay(day: number): void {
    if (this.#days.has(day)) return
    const carried = this.#carried(day)
    this.#days.set(day, carried)
    if (carried > 0) this.#inherited = 0
    if (this.#days.size <= daysKeptMax) return
    const oldest = Math.min(...[...this.#days.keys()].filter((known) => known !== day))
    this.#days.delete(oldest)
  }

  #roll(bucket: number): void {
    const steps = bucket - this.#newest
    if (steps <= 0) return
    this.#buckets =
      steps >= bucketsKept ? Array.from({ length: bucketsKept }, () => 0) : [...Array.from({ length: steps }, () => 0), ...this.#buckets.slice(0, -steps)]
    this.#newest = bucket
  }

  #count(day: number, bucket: number, by: 1 | -1): void {
    this.#openDay(day)
    this.#days.set(day, Math.max(0, (this.#days.get(day) ?? 0) + by))
    const age = this.#newest - bucket
    if (bucket >= 0 && age >= 0 && age < bucketsKept) this.#buckets[age] = Math.max(0, (this.#buckets[age] ?? 0) + by)
  }
}

/** Places that may be taken once they are durable. */
export interface Grant {
  readonly day: number
  readonly bucket: number
  readonly places: number
}
