// The meters of all tenants with limits that have mail here. Counts are written every few seconds and before a promise runs out, so that a restart
// and a kill go on where they stood.
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { TenantLimits, TenantUsage } from '../resources/tenant-limits.ts'
import { meterAheadMs, meterSaveMs, meterSavesMax, metersMax } from './limits.ts'
import { TenantMeter } from './tenant-meter.ts'

/** Meters by tenant. */
export interface TenantMeters {
  /** The tenant's meter under these limits; undefined without limits. `usage` is what was kept of it, for a meter that is new here. */
  sync(tenantName: string, limits: TenantLimits | undefined, usage: TenantUsage | undefined): TenantMeter | undefined
  get(tenantName: string): TenantMeter | undefined
  /** How many messages of the tenant its limits let start soon; Infinity without limits. */
  allowance(tenantName: string): number
  /** Writes what was counted, exactly, when nothing starts any more; durable when it resolves. */
  save(): Promise<void>
  stop(): void
}

/** @param write makes counts durable; may reject, the next save tries again. @param promised a tenant that waited for a promise may go on. */
export function createTenantMeters({
  clock,
  log,
  write: commit,
  promised,
}: {
  clock: Clock
  log: Log
  write: (usage: readonly { readonly tenantName: string; readonly usage: TenantUsage }[]) => Promise<unknown>
  promised: () => void
}): TenantMeters {
  const meters = new Map<string, TenantMeter>()
  /** Meters whose promise runs out; those that ask in the same turn share a commit. */
  let wanted = new Set<TenantMeter>()
  /** The end of the saves that run or wait: one goes at a time. */
  let saved = Promise.resolve()
  let retryAt = 0
  let timer: Timer | undefined

  async function write(due: readonly TenantMeter[], last = false): Promise<void> {
    for (let at = 0; at < due.length; at += meterSavesMax) {
      const batch = due.slice(at, at + meterSavesMax)
      const now = clock.now()
      try {
        await commit(batch.map((meter) => ({ tenantName: meter.tenantName, usage: meter.toKeep(now, last) })))
        let waited = false
        for (const meter of batch) waited = meter.kept() || waited
        if (waited) promised()
      } catch (fault) {
        for (const meter of batch) meter.dirty = true
        // Nothing starts under these limits meanwhile; messages look again by themselves.
        retryAt = now + meterSaveMs
        log.warn({ fault: String(fault) }, 'the counts of tenant limits could not be kept')
        return
      }
    }
    // The oldest that are kept elsewhere make room.
    for (const [tenantName, meter] of meters) {
      if (meters.size <= metersMax) break
      if (!meter.dirty) meters.delete(tenantName)
    }
  }

  function save(due: (meter: TenantMeter) => boolean, last = false): Promise<void> {
    saved = saved.then(() => write([...meters.values()].filter(due), last))
    return saved
  }

  function want(meter: TenantMeter): void {
    if (clock.now() < retryAt) return
    wanted.add(meter)
    if (wanted.size > 1) return
    saved = saved.then(() => {
      const due = [...wanted].filter((one) => one.wantsToKeep)
      wanted = new Set()
      return write(due)
    })
  }

  // No timer while nobody has limits.
  function arm(): void {
    if (timer || meters.size === 0) return
    timer = clock.after(meterSaveMs, () => {
      timer = undefined
      void save((meter) => meter.dirty).then(arm)
    })
  }

  return {
    sync(tenantName, limits, usage) {
      const meter = meters.get(tenantName)
      if (!limits) {
        // What still waits by it is let go; its counts are written once more.
        if (!meter) return undefined
        meter.limits = {}
        if (meter.hasPromised) meter.dirty = true
        if (!meter.dirty) meters.delete(tenantName)
        return undefined
      }
      if (meter) {
        meter.limits = limits
        return meter
      }
      const made: TenantMeter = new TenantMeter(tenantName, limits, usage, clock.now(), () => want(made))
      meters.set(tenantName, made)
      // Before its first message asks.
      if (made.wantsToKeep) want(made)
      arm()
      return made
    },
    get: (tenantName) => (meters.size === 0 ? undefined : meters.get(tenantName)),
    allowance(tenantName) {
      const meter = meters.size === 0 ? undefined : meters.get(tenantName)
      return meter ? meter.allowance(clock.now(), meterAheadMs) : Number.POSITIVE_INFINITY
    },
    save: () => save((meter) => meter.dirty || meter.hasPromised, true),
    stop() {
      timer?.cancel()
      // Whatever is synced after this starts no timer that outlives the service.
      meters.clear()
    },
  }
}
