// The meters of all tenants with limits that have mail here. Counts are written every few seconds, so that a restart goes on where it stood.
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
  /** Writes what was counted; durable when it resolves. */
  save(): Promise<void>
  stop(): void
}

/** @param write makes counts durable; may reject, the next save tries again. */
export function createTenantMeters({
  clock,
  log,
  write,
}: {
  clock: Clock
  log: Log
  write: (usage: readonly { readonly tenantName: string; readonly usage: TenantUsage }[]) => Promise<unknown>
}): TenantMeters {
  const meters = new Map<string, TenantMeter>()
  let saving: Promise<void> | undefined
  let timer: Timer | undefined

  async function saveDirty(): Promise<void> {
    const dirty = [...meters.values()].filter((meter) => meter.dirty)
    for (let at = 0; at < dirty.length; at += meterSavesMax) {
      const batch = dirty.slice(at, at + meterSavesMax)
      const now = clock.now()
      for (const meter of batch) meter.dirty = false
      try {
        await write(batch.map((meter) => ({ tenantName: meter.tenantName, usage: meter.usage(now) })))
      } catch (fault) {
        for (const meter of batch) meter.dirty = true
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

  function save(): Promise<void> {
    saving ??= saveDirty().finally(() => {
      saving = undefined
    })
    return saving
  }

  // No timer while nobody has limits.
  function arm(): void {
    if (timer || meters.size === 0) return
    timer = clock.after(meterSaveMs, () => {
      timer = undefined
      void save().then(arm)
    })
  }

  return {
    sync(tenantName, limits, usage) {
      const meter = meters.get(tenantName)
      if (!limits) {
        // What still waits by it is let go; its counts are written once more.
        if (meter) meter.limits = {}
        if (meter && !meter.dirty) meters.delete(tenantName)
        return undefined
      }
      if (meter) {
        meter.limits = limits
        return meter
      }
      const made = new TenantMeter(tenantName, limits, usage, clock.now())
      meters.set(tenantName, made)
      arm()
      return made
    },
    get: (tenantName) => (meters.size === 0 ? undefined : meters.get(tenantName)),
    allowance(tenantName) {
      const meter = meters.size === 0 ? undefined : meters.get(tenantName)
      return meter ? meter.allowance(clock.now(), meterAheadMs) : Number.POSITIVE_INFINITY
    },
    save,
    stop() {
      timer?.cancel()
      // Whatever is synced after this starts no timer that outlives the service.
      meters.clear()
    },
  }
}
