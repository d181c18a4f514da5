// Tenants and configuration sets whose status keeps their mail: which they are, when they may send again, and the end of what waited too long.
// Each look goes over a bounded number and begins with those that were not looked at last time.
// Leaves to whom: statuses are judged by gate.ts, claiming is windows.ts's.
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Store } from '../storage/store.ts'
import type { Gate, StateNames } from './gate.ts'
import { expirySweepEntries, expirySweepMs, pollMs, pollTenantsPerPage, setHoldMs, verdictsMax } from './limits.ts'

/** Held tenants and sets. */
export interface HeldMail {
  has(tenantName: string): boolean
  /** The tenant is held until its status says otherwise. */
  hold(tenantName: string): void
  /** Entries of this tenant went back for `setHoldMs` because their configuration set is paused. */
  holdSet(tenantName: string, configurationSetName: string): void
  /** Looks who may send again, and once in a while what expired. */
  look(): Promise<void>
  /** A status changed: looks at once, also while a look runs. */
  recheck(): void
  readonly busy: boolean
}

/** @param setReleased entries of a set that went back may be claimed before their time, until then. */
export function createHeldMail({
  store,
  clock,
  log,
  gate,
  expire,
  blocked,
  isBlocked,
  isStopped,
  released,
  setReleased,
}: {
  store: Pick<Store, 'listQueue'>
  clock: Clock
  log: Log
  gate: Pick<Gate, 'find'>
  /** Ends one entry whose time is over. */
  expire: (entry: QueueEntry) => void
  /** Tenants of which nothing is claimed because a limit is used up. */
  blocked: () => Iterable<string>
  isBlocked: (tenantName: string) => boolean
  isStopped: () => boolean
  released: (tenantName: string) => void
  setReleased: (tenantName: string, until: number) => void
}): HeldMail {
  const held = new Set<string>()
  /** Paused sets by tenant, each with when it was first seen open again; 0 while it is paused. */
  const sets = new Map<string, StateNames & { openedAt: number }>()
  let looking = false
  let lookingAtSets = false
  let sweeping = false
  let nextSweepAt = clock.now() + expirySweepMs

  async function lookAtTenants(): Promise<void> {
    if (looking || held.size === 0) return
    looking = true
    let left = Math.min(held.size, pollTenantsPerPage)
    for (const tenantName of held) {
      if (isStopped() || left-- <= 0) break
      // To the end of the line, so that the next look begins with others.
      held.delete(tenantName)
      held.add(tenantName)
      try {
        const verdict = await gate.find({ tenantName, configurationSetName: '' })
        if (verdict.hold === undefined || !verdict.wholeTenant) {
          held.delete(tenantName)
          released(tenantName)
        }
      } catch {
        // The status is unknown: it stays held until a look succeeds.
        break
      }
    }
    looking = false
  }

  /** Sets that may send again: what went back on their account is claimed before its time. */
  async function lookAtSets(): Promise<void> {
    if (lookingAtSets || sets.size === 0) return
    lookingAtSets = true
    let left = Math.min(sets.size, pollTenantsPerPage)
    for (const [key, pair] of sets) {
      if (isStopped() || left-- <= 0) break
      sets.delete(key)
      sets.set(key, pair)
      try {
        const verdict = await gate.find(pair)
        if (verdict.hold === undefined || verdict.wholeTenant) releaseSet(key, pair)
        else pair.openedAt = 0
      } catch {
        break
      }
    }
    lookingAtSets = false
  }

  /** Remembered a little longer: an entry that was judged before the change may reach the store only now, and is found by the next look. */
  function releaseSet(key: string, pair: StateNames & { openedAt: number }): void {
    const now = clock.now()
    if (pair.openedAt === 0) pair.openedAt = now
    else if (now - pair.openedAt >= pollMs) sets.delete(key)
    // Short of what goes back from now on: entries of a set that is still paused are not claimed round and round.
    setReleased(pair.tenantName, now + setHoldMs - 1)
  }

  /** Mail of held and blocked tenants is not claimed, so its expiry is looked for here. */
  async function sweep(): Promise<void> {
    if (sweeping) return
    sweeping = true
    nextSweepAt = clock.now() + expirySweepMs
    try {
      for (const tenantName of [...held, ...blocked()]) {
        let after = 0
        for (;;) {
          const rows = await store.listQueue({ tenantName, after, limit: expirySweepEntries })
          const now = clock.now()
          for (const { entry, leased } of rows) if (!leased && entry.expiresAt <= now && (held.has(tenantName) || isBlocked(tenantName))) expire(entry)
          after = rows.at(-1)?.entry.id ?? after
          if (rows.length < expirySweepEntries || isStopped()) break
        }
      }
    } catch (fault) {
      log.error({ fault: String(fault) }, 'held mail could not be looked through for expiry')
    }
    sweeping = false
  }

  return {
    has: (tenantName) => held.has(tenantName),
    hold: (tenantName) => void held.add(tenantName),
    holdSet(tenantName, configurationSetName) {
      const key = `${tenantName}\0${configurationSetName}`
      const known = sets.get(key)
      if (known) known.openedAt = 0
      else if (sets.size < verdictsMax) sets.set(key, { tenantName, configurationSetName, openedAt: 0 })
    },
    async look() {
      await lookAtTenants()
      await lookAtSets()
      if (clock.now() >= nextSweepAt) await sweep()
    },
    recheck() {
      looking = lookingAtSets = false
      void lookAtTenants()
      void lookAtSets()
    },
    get busy() {
      return looking || lookingAtSets
    },
  }
}
