// The meters of all addresses that are warming up: read when first asked for, granted room by durable records, judged once a day for managed pools.
// Leaves to whom: which address a message takes is place-by-cap.ts's; the arithmetic is cap-meter.ts's and resources/managed-warmth.ts's.
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { emptyDay, endDays, freshWarmth, type ManagedDay, type ManagedWarmth } from '../../resources/managed-warmth.ts'
import { type WarmupCounts, warmupCounts, warmupKey } from '../../resources/warmup-counts.ts'
import { utcDay, warmCap, warmupStanding } from '../../resources/warmup-schedule.ts'
import { type Change, compositeKey, type Store } from '../../storage/store.ts'
import { CapMeter, type Place } from './cap-meter.ts'
import { capMetersMax, idleDaysMax, saveMs, slotAheadMsMax, sweepMs, sweepRecordsMax } from './limits.ts'
import type { WarmingAddress } from './warming-pool.ts'

/** A place under a cap, held by one message until its attempt is over. */
export interface Reservation {
  readonly address: string
  readonly entry: CapEntry
  readonly place: Place
}

/** What became of asking for a place. */
export type Asked =
  | { readonly kind: 'place'; readonly reservation: Reservation | undefined }
  /** `warmth`: its share of the full volume. */
  | { readonly kind: 'full'; readonly until: number; readonly warmth: number; readonly entry: CapEntry; readonly cap: number }
  /** Something is being read or written; ask again then. Rejects when the store is not available. */
  | { readonly kind: 'wait'; readonly ready: Promise<unknown> }

/** How the attempt of a place ended. */
export type AttemptEnd = 'accepted' | 'blocked' | 'put-off' | 'other' | 'silence'

/** A meter with what belongs to it. */
export interface CapEntry {
  readonly key: string
  readonly address: string
  readonly provider: string
  readonly meter: CapMeter
  /** In a managed pool. */
  warmth: ManagedWarmth | undefined
  writing: Promise<unknown> | undefined
  dirty: boolean
  /** As of the last message that asked; for gauges. */
  cap: number
  lastSilenceAt: number
}

/** What an address did today, for people. */
export interface CapStanding {
  readonly provider: string
  readonly cap: number
  readonly used: number
  readonly fullUntil: number | undefined
  readonly warmth: number
}

/** All meters. */
export interface AddressCaps {
  /** A place by this address for mail to `provider`. Without a cap: at once, and nothing is counted. */
  ask(address: WarmingAddress, provider: string, now: number): Asked
  /** What `ask` would say, if it is known; takes nothing. */
  fullUntil(address: WarmingAddress, provider: string, now: number): number | undefined
  settle(reservation: Reservation, end: AttemptEnd): void
  release(reservation: Reservation): void
  /** When a message that found it full should come back. */
  slot(full: Extract<Asked, { kind: 'full' }>, now: number): number
  /** What is kept of an address: one for all its mail in a standard pool, one for each provider in a managed pool. */
  standing(address: WarmingAddress, now: number): Promise<CapStanding[]>
  /** Of all caps that mail asked for since the start. */
  totals(now: number): { readonly caps: number; readonly full: number; readonly capToday: number; readonly usedToday: number }
  /** Writes what is counted, exactly; durable when it resolves. */
  save(): Promise<void>
  stop(): void
}

/** No meter yet. */
export function createAddressCaps({ store, clock, log }: { store: Pick<Store, 'get' | 'list' | 'commit'>; clock: Clock; log: Log }): AddressCaps {
  const entries = new Map<string, CapEntry>()
  const loading = new Map<string, Promise<unknown>>()
  let timer: Timer | undefined
  let stopped = false
  let nextSweepAt = 0
  let saving: Promise<void> | undefined

  function open(address: WarmingAddress, provider: string, kept: WarmupCounts | undefined, now: number): CapEntry {
    const warmth = address.managed ? (kept?.warmth ?? freshWarmth(provider, isWarm(address, now), utcDay(now))) : undefined
    const key = warmupKey(address.address, provider)
    return {
      key,
      address: address.address,
      provider,
      meter: new CapMeter(kept?.counts),
      warmth: warmth && endDays(warmth, provider, utcDay(now)),
      writing: undefined,
      dirty: false,
      cap: 0,
      lastSilenceAt: 0,
    }
  }

  function load(address: WarmingAddress, provider: string, key: string): Promise<unknown> {
    let running = loading.get(key)
    if (!running) {
      running = store
        .get(warmupCounts, key)
        .then((stored) => {
          makeRoom()
          if (!entries.has(key)) entries.set(key, open(address, provider, stored?.value, clock.now()))
          arm()
        })
        .finally(() => loading.delete(key))
      loading.set(key, running)
    }
    return running
  }

  /** The oldest that hold nothing make room; what they knew is kept in the store. */
  function makeRoom(): void {
    if (entries.size < capMetersMax) return
    for (const [key, entry] of entries) {
      if (entries.size < capMetersMax) return
      if (entry.meter.idle && !entry.writing && !entry.dirty) entries.delete(key)
    }
    // All have something to keep: the next one finds room.
    if (!saving)
      saving = save().finally(() => {
        saving = undefined
      })
  }

  /** The cap that counts now; undefined: none. */
  function capOf(address: WarmingAddress, entry: CapEntry, now: number): number | undefined {
    if (!address.managed) return warmupStanding(address.warmup, address.plan, now).capToday
    const today = utcDay(now)
    entry.warmth ??= freshWarmth(entry.provider, isWarm(address, now), today)
    if (entry.warmth.day < today) entry.warmth = endDays(entry.warmth, entry.provider, today)
    return entry.warmth.cap
  }

  function recordOf(entry: CapEntry, counts = entry.meter.counts()): Change {
    const { address, provider, warmth } = entry
    const value: WarmupCounts = { address, provider, counts, ...(warmth ? { warmth } : {}) }
    return { type: 'put', collection: warmupCounts, key: entry.key, value }
  }

  /** Makes room for some more durable. */
  function grant(entry: CapEntry, planned: NonNullable<ReturnType<CapMeter['plan']>>): Promise<unknown> {
    entry.writing ??= store
      .commit([recordOf(entry, planned.counts)])
      .then(() => entry.meter.granted(planned.grant))
      .finally(() => {
        entry.writing = undefined
      })
    return entry.writing
  }

  function touch(entry: CapEntry, change: Partial<ManagedDay>): void {
    if (!entry.warmth) return
    const day = utcDay(clock.now())
    if (entry.warmth.day < day) entry.warmth = endDays(entry.warmth, entry.provider, day)
    const today = { ...(entry.warmth.today ?? emptyDay) }
    for (const [name, by] of Object.entries(change) as [keyof ManagedDay, number][]) today[name] = Math.max(0, today[name] + by)
    entry.warmth = { ...entry.warmth, today }
    entry.dirty = true
  }

  async function save(): Promise<void> {
    await Promise.allSettled([...entries.values()].map((entry) => entry.writing))
    // One that writes already is written next time.
    const dirty = [...entries.values()].filter((entry) => entry.dirty && !entry.writing)
    for (let at = 0; at < dirty.length; at += sweepRecordsMax) {
      const batch = dirty.slice(at, at + sweepRecordsMax).filter((entry) => !entry.writing)
      if (batch.length === 0) continue
      // A grant that is durable says more than what was taken. Exact counts take it back, so what is left of it is given up first.
      for (const entry of batch) {
        entry.dirty = false
        entry.meter.giveUp()
      }
      const writing = store
        .commit(batch.map((entry) => recordOf(entry)))
        .catch((fault: unknown) => {
          for (const entry of batch) entry.dirty = true
          log.warn({ fault: String(fault) }, 'the counts of warm-up could not be kept')
        })
        .finally(() => {
          for (const entry of batch) entry.writing = undefined
        })
      for (const entry of batch) entry.writing = writing
      await writing
    }
  }

  /** Managed records of places that get no mail any more are forgotten. */
  async function sweep(): Promise<void> {
    await save()
    if (clock.now() < nextSweepAt) return
    nextSweepAt = clock.now() + sweepMs
    const today = utcDay(clock.now())
    let after = ''
    for (;;) {
      const records = await store.list(warmupCounts, { ...(after === '' ? {} : { after }), limit: sweepRecordsMax })
      const gone = records.filter(({ value }) => value.warmth !== undefined && today - value.warmth.lastUsedDay > idleDaysMax)
      for (const { key, version } of gone) {
        if (entries.has(key)) continue
        await store.commit([{ type: 'remove', collection: warmupCounts, key, expect: version }])
      }
      after = records.at(-1)?.key ?? ''
      if (records.length < sweepRecordsMax || stopped) return
    }
  }

  // No timer while nothing warms up.
  function arm(): void {
    if (timer || stopped || entries.size === 0) return
    timer = clock.after(saveMs, () => {
      timer = undefined
      sweep().then(arm, (fault: unknown) => {
        log.warn({ fault: String(fault) }, 'old counts of warm-up could not be looked through')
        arm()
      })
    })
  }

  const providerOf = (address: WarmingAddress, provider: string) => (address.managed ? provider : '')

  return {
    ask(address, forProvider, now) {
      if (!address.managed && warmupStanding(address.warmup, address.plan, now).capToday === undefined) return { kind: 'place', reservation: undefined }
      const provider = providerOf(address, forProvider)
      const key = warmupKey(address.address, provider)
      const entry = entries.get(key)
      if (!entry) return { kind: 'wait', ready: load(address, provider, key) }
      const cap = capOf(address, entry, now) ?? Number.MAX_SAFE_INTEGER
      entry.cap = cap
      const place = entry.meter.take(cap, now)
      if (place) {
        entry.dirty = true
        touch(entry, { used: 1 })
        return { kind: 'place', reservation: { address: address.address, entry, place } }
      }
      const until = entry.meter.fullUntil(cap, now)
      if (until !== undefined) return { kind: 'full', until, warmth: cap / warmCap, entry, cap }
      if (entry.writing) return { kind: 'wait', ready: entry.writing }
      const planned = entry.meter.plan(cap, now)
      return planned ? { kind: 'wait', ready: grant(entry, planned) } : { kind: 'full', until: now + 1_000, warmth: cap / warmCap, entry, cap }
    },
    fullUntil(address, forProvider, now) {
      const entry = entries.get(warmupKey(address.address, providerOf(address, forProvider)))
      const cap = entry && capOf(address, entry, now)
      return entry && cap !== undefined ? entry.meter.fullUntil(cap, now) : undefined
    },
    settle({ entry, place }, end) {
      entry.meter.settle(place, clock.now())
      const silent = end === 'silence' && clock.now() - entry.lastSilenceAt >= 600_000
      if (silent) entry.lastSilenceAt = clock.now()
      touch(entry, {
        attempts: 1,
        ...(end === 'blocked' ? { blocks: 1 } : {}),
        ...(end === 'put-off' || end === 'silence' ? { deferrals: 1 } : {}),
        ...(silent ? { suspensions: 1 } : {}),
      })
    },
    release({ entry, place }) {
      entry.meter.release(place, clock.now())
      touch(entry, { used: -1 })
    },
    slot: ({ entry, cap, until }, now) => entry.meter.slot(cap, until, slotAheadMsMax, now),
    async standing(address, now) {
      const shown = (entry: CapEntry): CapStanding => {
        const cap = capOf(address, entry, now) ?? 0
        return { provider: entry.provider, cap, used: entry.meter.used(now), fullUntil: entry.meter.fullUntil(cap, now), warmth: cap / warmCap }
      }
      if (!address.managed) {
        if (warmupStanding(address.warmup, address.plan, now).capToday === undefined) return []
        const key = warmupKey(address.address, '')
        const known = entries.get(key) ?? open(address, '', (await store.get(warmupCounts, key))?.value, now)
        return [shown(known)]
      }
      const kept = await store.list(warmupCounts, { prefix: compositeKey(address.address, ''), limit: sweepRecordsMax })
      return kept.filter(({ value }) => value.provider !== '').map(({ key, value }) => shown(entries.get(key) ?? open(address, value.provider, value, now)))
    },
    totals(now) {
      let full = 0
      let capToday = 0
      let usedToday = 0
      for (const { meter, cap } of entries.values()) {
        if (meter.fullUntil(cap, now) !== undefined) full++
        capToday += cap
        usedToday += meter.used(now)
      }
      return { caps: entries.size, full, capToday, usedToday }
    },
    save,
    stop() {
      stopped = true
      timer?.cancel()
    },
  }
}

function isWarm({ warmup, plan }: WarmingAddress, now: number): boolean {
  return warmupStanding(warmup, plan, now).capToday === undefined
}

/** Whether mail that finds the address full may leave by the shared pool: it is young (deliverability.md §5). */
export function isYoung(warmth: number): boolean {
  return warmth < 0.5
}
