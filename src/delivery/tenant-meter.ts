// What a tenant's own limits let start: a token bucket for the rate, rolling counts for the hour and the day, for all its mail and by provider.
// One meter per tenant that has limits, shared by all sites; a tenant without limits has none and costs nothing.
// Under an hourly or daily limit a message starts only within a promise that is durable with the counts, so that kill -9 gives no second hour:
// what was promised and not seen again counts as sent, a hundredth of the limit at most.
// Leaves to whom: what a limit may be is resources/tenant-limits.ts; who waits is the queue's and the windows' affair.
import { type Limits, type TenantLimits, type TenantUsage, usageBuckets } from '../resources/tenant-limits.ts'

/** Why a tenant's mail may not start now. */
export interface LimitReached {
  /** Milliseconds since the epoch from which one more may start. */
  readonly until: number
  /** For people: `10 a second`, `5000 a day for gmail`. */
  readonly limit: string
  /** It is a limit for mail to this provider; undefined: for all mail of the tenant. */
  readonly provider: string | undefined
  /** When each of those that wait should be looked at again; left out: at `until`. */
  readonly slot?: (now: number) => number
}

/** The meter of one tenant. */
export class TenantMeter {
  readonly tenantName: string
  #limits: TenantLimits
  readonly #all: Gauge
  readonly #byProvider = new Map<string, Gauge>()
  readonly #want: (() => void) | undefined
  /** How many may start on one promise; 0: no limit counts for so long that a kill could forget it. */
  #promise = 0
  /** What is left of the durable one. */
  #left = 0
  /** Of the one that is being written, and how many started since it was made. */
  #writing = 0
  #startedMeanwhile = 0
  /** A message found none left. */
  #waited = false
  /** Counted since the last `toKeep`. */
  dirty = false

  /** @param want asks for a `toKeep` soon; left out: nothing is kept and nothing promised. */
  constructor(tenantName: string, limits: TenantLimits, usage: TenantUsage | undefined, now: number, want?: () => void) {
    this.tenantName = tenantName
    this.#want = want
    this.#limits = limits
    this.#all = new Gauge(usage?.all)
    for (const [provider, counts] of Object.entries(usage?.providers ?? {})) this.#byProvider.set(provider, new Gauge(counts))
    this.#all.fill(limits, now)
    if (usage?.promised) {
      for (const provider of Object.keys(limits.providers ?? {})) this.#gauge(provider)
      for (const gauge of [this.#all, ...this.#byProvider.values()]) gauge.add(usage.promised, now)
      this.dirty = true
    }
    this.limits = limits
  }

  get limits(): TenantLimits {
    return this.#limits
  }

  /** Another set of limits; counts go on. */
  set limits(limits: TenantLimits) {
    if (limits === this.#limits && this.#promise > 0) return
    this.#limits = limits
    this.#promise = this.#want ? promiseUnder(limits) : 0
  }

  /** A promise runs out: `toKeep` is due. */
  get wantsToKeep(): boolean {
    return this.#promise > 0 && this.#left <= this.#promise / 2
  }

  /** The store may hold a promise of it. */
  get hasPromised(): boolean {
    return this.#left > 0 || this.#writing > 0
  }

  /** Its part of what several tenants compete for; 10 is everybody's. */
  get weight(): number {
    return this.#limits.weight ?? defaultWeight
  }

  /** The most of a site's connections from one address that it may hold, 0 … 1. */
  get connectionShare(): number {
    return (this.#limits.ipSharePercent ?? 100) / 100
  }

  /** Counts one message that starts now, or says what stands in the way and counts nothing. */
  start(provider: string, now: number): LimitReached | undefined {
    const own = this.#limits.providers?.[provider]
    const gauge = own && this.#gauge(provider)
    const reached = this.#all.reached(this.#limits, undefined, now) ?? (gauge && own && gauge.reached(own, provider, now))
    if (reached) return reached
    if (this.#promise > 0) {
      if (this.#left <= 0) {
        this.#waited = true
        this.#want?.()
        return { until: now + promiseMs, limit: 'no more before its counts are written', provider: undefined }
      }
      this.#left--
      this.#startedMeanwhile++
      if (this.wantsToKeep) this.#want?.()
    }
    this.#all.count(this.#limits, now)
    if (gauge && own) gauge.count(own, now)
    this.dirty = true
    return undefined
  }

  /** What stands in the way now; counts nothing. */
  reached(provider: string | undefined, now: number): LimitReached | undefined {
    const own = provider === undefined ? undefined : this.#limits.providers?.[provider]
    return this.#all.reached(this.#limits, undefined, now) ?? (own && provider !== undefined ? this.#gauge(provider).reached(own, provider, now) : undefined)
  }

  /** What keeps some of its mail back now, the limits for all of it first; counts nothing. */
  waiting(now: number): LimitReached | undefined {
    const reached = this.#all.reached(this.#limits, undefined, now)
    if (reached) return reached
    for (const [provider, own] of Object.entries(this.#limits.providers ?? {})) {
      const there = this.#byProvider.get(provider)?.reached(own, provider, now)
      if (there) return there
    }
    return undefined
  }

  /**
   * When a message to a provider whose limit is used up should be looked at again: one slot after the other, as the limit will let them go,
   * so that a backlog is not written anew each time that a few may leave. At most ten minutes ahead, so that a changed limit acts soon.
   */
  slot({ until, provider }: LimitReached, now: number): number {
    const own = provider === undefined ? undefined : this.#limits.providers?.[provider]
    if (!own || provider === undefined) return until
    const gauge = this.#gauge(provider)
    const spacingMs = Math.max(1_000 / (own.ratePerSecond ?? Infinity), 3_600_000 / (own.perHour ?? Infinity), 86_400_000 / (own.perDay ?? Infinity))
    const slot = Math.min(Math.max(gauge.nextSlot, until), now + slotAheadMsMax)
    gauge.nextSlot = slot + spacingMs
    return Math.ceil(slot)
  }

  /** How many may start within the next `aheadMs`, by the limits for all its mail; at least 1. */
  allowance(now: number, aheadMs: number): number {
    return Math.max(1, this.#all.allowance(this.#limits, now, aheadMs))
  }

  /** The counts, to be kept over a restart. */
  usage(now: number): TenantUsage {
    const providers: Record<string, TenantUsage['all']> = {}
    for (const [provider, gauge] of this.#byProvider) providers[provider] = gauge.counts(now)
    return { all: this.#all.counts(now), providers }
  }

  /** Counts and the next promise, to be made durable; `kept` says when they are. @param last nothing starts any more. */
  toKeep(now: number, last = false): TenantUsage {
    this.dirty = false
    // Until it is durable the earlier promise holds, as far as this one covers it too.
    this.#writing = last ? 0 : this.#promise
    this.#left = Math.min(this.#left, this.#writing)
    this.#startedMeanwhile = 0
    return { ...this.usage(now), ...(this.#writing > 0 ? { promised: this.#writing } : {}) }
  }

  /** What `toKeep` said is durable. True when a message waited for it. */
  kept(): boolean {
    this.#left = this.#writing - this.#startedMeanwhile
    this.#writing = 0
    const waited = this.#waited
    this.#waited = false
    return waited
  }

  #gauge(provider: string): Gauge {
    let gauge = this.#byProvider.get(provider)
    if (!gauge) {
      gauge = new Gauge(undefined)
      this.#byProvider.set(provider, gauge)
    }
    return gauge
  }
}

const defaultWeight = 10
/** A message that finds no promise looks again after so long, if nothing calls it sooner. */
const promiseMs = 500

/** A hundredth of the tightest limit: what a kill may cost. */
function promiseUnder({ providers, ...own }: TenantLimits): number {
  let least = Number.POSITIVE_INFINITY
  for (const { perHour = least, perDay = least } of [own, ...Object.values(providers ?? {})]) least = Math.min(least, perHour, perDay)
  return Number.isFinite(least) ? Math.max(1, Math.floor(least / 100)) : 0
}
const slotAheadMsMax = 600_000

/** Counts under one group of limits. */
class Gauge {
  #tokens = Number.POSITIVE_INFINITY
  #filledAt = 0
  nextSlot = 0
  readonly #hour: RollingCount
  readonly #day: RollingCount

  constructor(counts: TenantUsage['all'] | undefined) {
    this.#hour = new RollingCount(usageBuckets.hour.bucketMs, usageBuckets.hour.count, counts?.hour)
    this.#day = new RollingCount(usageBuckets.day.bucketMs, usageBuckets.day.count, counts?.day)
  }

  /** Fills the bucket for the time that went by. */
  fill({ ratePerSecond, burst }: Limits, now: number): void {
    if (ratePerSecond === undefined) {
      this.#tokens = Number.POSITIVE_INFINITY
      return
    }
    const most = Math.max(1, burst ?? ratePerSecond)
    const tokens = this.#filledAt === 0 || !Number.isFinite(this.#tokens) ? most : this.#tokens + ((now - this.#filledAt) / 1_000) * ratePerSecond
    this.#tokens = Math.min(most, Math.max(0, tokens))
    this.#filledAt = now
  }

  reached(limits: Limits, provider: string | undefined, now: number): LimitReached | undefined {
    const { ratePerSecond, perHour, perDay } = limits
    const of = provider === undefined ? '' : ` for ${provider}`
    this.fill(limits, now)
    if (perDay !== undefined && this.#day.total(now) >= perDay) return { until: this.#day.freeAt(perDay, now), limit: `${perDay} a day${of}`, provider }
    if (perHour !== undefined && this.#hour.total(now) >= perHour) return { until: this.#hour.freeAt(perHour, now), limit: `${perHour} an hour${of}`, provider }
    // Half a token short of one is near enough a whole for numbers that were divided and multiplied.
    if (ratePerSecond !== undefined && this.#tokens < 1 - 1e-9)
      return { until: now + Math.max(1, Math.ceil(((1 - this.#tokens) / ratePerSecond) * 1_000)), limit: `${ratePerSecond} a second${of}`, provider }
    return undefined
  }

  count(limits: Limits, now: number): void {
    if (limits.ratePerSecond !== undefined) this.#tokens = Math.max(0, this.#tokens - 1)
    this.add(1, now)
  }

  add(messages: number, now: number): void {
    this.#hour.add(messages, now)
    this.#day.add(messages, now)
  }

  allowance(limits: Limits, now: number, aheadMs: number): number {
    const { ratePerSecond, perHour, perDay } = limits
    this.fill(limits, now)
    return Math.floor(
      Math.min(
        ratePerSecond === undefined ? Number.POSITIVE_INFINITY : this.#tokens + (ratePerSecond * aheadMs) / 1_000,
        perHour === undefined ? Number.POSITIVE_INFINITY : perHour - this.#hour.total(now),
        perDay === undefined ? Number.POSITIVE_INFINITY : perDay - this.#day.total(now),
      ),
    )
  }

  counts(now: number): TenantUsage['all'] {
    return { hour: this.#hour.counts(now), day: this.#day.counts(now) }
  }
}

/** A count over a window that rolls on in steps of one bucket. */
class RollingCount {
  readonly #bucketMs: number
  readonly #counts: number[]
  /** Number of the newest bucket: its start divided by its length. */
  #newest = 0
  #total = 0

  constructor(bucketMs: number, length: number, kept: { readonly newest: number; readonly counts: readonly number[] } | undefined) {
    this.#bucketMs = bucketMs
    this.#counts = Array.from({ length }, (_, index) => kept?.counts[index] ?? 0)
    this.#newest = kept?.newest ?? 0
    this.#total = this.#counts.reduce((sum, count) => sum + count, 0)
  }

  add(messages: number, now: number): void {
    this.#roll(now)
    this.#counts[0] = (this.#counts[0] ?? 0) + messages
    this.#total += messages
  }

  total(now: number): number {
    this.#roll(now)
    return this.#total
  }

  /** When enough of it is forgotten that one more stays within `most`. */
  freeAt(most: number, now: number): number {
    this.#roll(now)
    let total = this.#total
    for (let age = this.#counts.length - 1; age >= 0; age--) {
      total -= this.#counts[age] ?? 0
      if (total < most) return (this.#newest - age + this.#counts.length) * this.#bucketMs
    }
    return now + this.#counts.length * this.#bucketMs
  }

  counts(now: number): { newest: number; counts: number[] } {
    this.#roll(now)
    return { newest: this.#newest, counts: [...this.#counts] }
  }

  /** Newest first: every step moves all by one place and forgets the oldest. */
  #roll(now: number): void {
    const current = Math.floor(now / this.#bucketMs)
    if (current <= this.#newest) return
    const steps = Math.min(current - this.#newest, this.#counts.length)
    for (let step = 0; step < steps; step++) {
      this.#total -= this.#counts.pop() ?? 0
      this.#counts.unshift(0)
    }
    this.#newest = current
  }
}
