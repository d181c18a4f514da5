// Which entries are in memory: a bounded window for each lane (a tenant's mail of one class) that has mail, refilled from the store when it runs low.
// The store is the truth; a wake-up is a hint, the poll finds what a hint missed. A tenant's backlog of a million costs one record here.
// Leaves to whom: what happens with an entry in memory is the road's; statuses are judged by gate.ts.
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Lane, Store } from '../storage/store.ts'
import type { Gate, StateNames } from './gate.ts'
import {
  claimsInFlightMax,
  expirySweepEntries,
  expirySweepMs,
  heldEntriesMax,
  pollMs,
  pollPagesMax,
  pollTenantsPerPage,
  returningClaimEntries,
  returningPauseMs,
  roomyWindowEntriesMax,
  setHoldMs,
  verdictsMax,
  windowEntriesLow,
  windowEntriesMax,
} from './limits.ts'

/** The windows of all tenants. */
export interface Windows {
  /** Room for one more fresh message of the lane; false also while older mail of it waits in the store, so that order holds. */
  hasRoom(tenantName: string, bulk: boolean): boolean
  /** An entry came into memory. */
  enter(entry: LaneOf): void
  /** An entry left memory. `returned`: straight back to the store without having been tried. */
  leave(entry: LaneOf, returned: boolean): void
  /** Mail was stored without a hand-over: look for it now. */
  wake(): void
  /** The tenant is held: nothing of it is claimed until its status says otherwise. */
  hold(tenantName: string): void
  /** A limit of the tenant is used up: nothing of it is claimed before `until`. */
  block(tenantName: string, until: number): void
  /** Entries of this tenant went back for `setHoldMs` because their configuration set is paused; its other mail goes on. */
  holdSet(tenantName: string, configurationSetName: string): void
  /** A status changed. */
  recheck(): void
  /** Takes up claiming again after a stop by `mayClaim`. */
  resume(): void
  readonly entries: number
  /** True while claims, polls or checks run. */
  readonly busy: boolean
  stop(): void
}

type LaneOf = Pick<QueueEntry, 'tenantName' | 'bulk'>

interface Window {
  readonly tenantName: string
  readonly bulk: boolean
  entries: number
  /** The store has, or may have, due entries of it. */
  waiting: boolean
  claiming: boolean
  held: boolean
  /** Claims take what is due until then: past entries of a set that was released, whose time is still to come. 0: only what is due now. */
  claimUntil: number
  /** Entries of the running claim series that went straight back. */
  returned: number
}

/** @param admit takes claimed entries; @param expire ends one held entry whose time is over. */
export function createWindows({
  store,
  clock,
  log,
  gate,
  admit,
  expire,
  mayClaim,
  allowance,
}: {
  store: Pick<Store, 'claim' | 'waitingLanes' | 'listQueue'>
  clock: Clock
  log: Log
  gate: Pick<Gate, 'find'>
  admit: (entries: readonly QueueEntry[]) => void
  expire: (entry: QueueEntry) => void
  mayClaim: () => boolean
  /** How many entries of the tenant its limits let start soon; Infinity without limits. More would only wait in memory. */
  allowance: (tenantName: string) => number
}): Windows {
  const lanes = new Map<string, Window>()
  const hungry = new Set<Window>()
  const held = new Set<string>()
  /** Until when nothing of a tenant is claimed because a limit of it is used up. */
  const blocked = new Map<string, number>()
  /** Paused sets by tenant, each with when it was first seen open again; 0 while it is paused. */
  const heldSets = new Map<string, StateNames & { openedAt: number }>()
  /** Lanes that were told "no room" lately: the ones a wake-up may mean. Two generations, turned by the poll. */
  let marked = new Map<string, LaneOf>()
  let markedBefore = new Map<string, LaneOf>()
  let waking = false
  let entries = 0
  let claims = 0
  let stopped = false
  let polling = false
  let rechecking = false
  let recheckingSets = false
  let sweeping = false
  let pollAfter: Lane | undefined
  let nextSweepAt = clock.now() + expirySweepMs
  let timer: Timer | undefined
  let lastFault = ''

  function windowOf(tenantName: string, bulk: boolean): Window {
    const key = laneKey(tenantName, bulk)
    let found = lanes.get(key)
    if (!found) {
      found = { tenantName, bulk, entries: 0, waiting: false, claiming: false, held: held.has(tenantName), claimUntil: 0, returned: 0 }
      lanes.set(key, found)
    }
    return found
  }

  /** A window that says nothing need not be remembered. */
  function forgetIfEmpty(window: Window): void {
    if (window.entries === 0 && !window.waiting && !window.claiming && !window.held) lanes.delete(laneKey(window.tenantName, window.bulk))
  }

  function isBlocked(tenantName: string): boolean {
    if (blocked.size === 0) return false
    const until = blocked.get(tenantName)
    if (until === undefined) return false
    if (until > clock.now()) return true
    blocked.delete(tenantName)
    return false
  }

  function feed(window: Window): void {
    const { tenantName } = window
    if (!window.waiting || window.claiming || window.held || window.entries > windowEntriesLow || isBlocked(tenantName)) return
    // Each that leaves asks again.
    if (window.entries > 0 && window.entries >= allowance(tenantName)) return
    hungry.add(window)
    claimMore()
  }

  function claimMore(): void {
    if (stopped || !mayClaim()) return
    for (const window of hungry) {
      if (claims >= claimsInFlightMax || entries >= heldEntriesMax) return
      hungry.delete(window)
      if (!window.waiting || window.claiming || window.held) forgetIfEmpty(window)
      else void claim(window)
    }
  }

  async function claim(window: Window): Promise<void> {
    const { tenantName, bulk } = window
    claims++
    window.claiming = true
    window.waiting = false
    const returning = window.returned >= windowEntriesLow
    window.returned = 0
    // With many hungry lanes each gets its part of the memory.
    const share = Math.max(1, Math.floor((heldEntriesMax - entries) / (hungry.size + 1)))
    const room = returning ? returningClaimEntries : Math.max(1, windowEntriesMax - window.entries)
    const limit = Math.max(1, Math.min(share, room, allowance(tenantName) - window.entries))
    try {
      const { claimUntil } = window
      const claimed = await store.claim({ tenantName, bulk, now: Math.max(clock.now(), claimUntil), limit })
      if (claimed.length === limit) window.waiting = true
      else if (window.claimUntil === claimUntil) window.claimUntil = 0
      if (claimed.length > 0) admit(claimed)
      lastFault = ''
    } catch (fault) {
      // The poll tries again; one line for a series of faults.
      if (lastFault !== String(fault)) log.error({ fault: String(fault), tenantName }, 'due mail could not be claimed')
      lastFault = String(fault)
    }
    claims--
    if (window.returned >= windowEntriesLow) {
      // All of it went straight back: go on, but let others have the store between.
      clock.after(returningPauseMs, () => {
        window.claiming = false
        feed(window)
        forgetIfEmpty(window)
      })
    } else {
      window.claiming = false
      feed(window)
      forgetIfEmpty(window)
    }
    claimMore()
  }

  async function poll(): Promise<void> {
    if (polling || stopped) return
    polling = true
    markedBefore = marked
    marked = new Map()
    try {
      for (let page = 0; page < pollPagesMax && !stopped; page++) {
        const found = await store.waitingLanes({
          now: clock.now(),
          limit: pollTenantsPerPage,
          ...(pollAfter === undefined ? {} : { after: pollAfter }),
        })
        for (const { tenantName, bulk } of found) {
          if (isBlocked(tenantName)) continue
          const window = windowOf(tenantName, bulk)
          window.waiting = true
          feed(window)
        }
        pollAfter = found.length < pollTenantsPerPage ? undefined : found.at(-1)
        if (pollAfter === undefined) break
      }
      lastFault = ''
    } catch (fault) {
      if (lastFault !== String(fault)) log.error({ fault: String(fault) }, 'the queue could not be polled')
      lastFault = String(fault)
    }
    polling = false
    for (const [tenantName, until] of blocked) if (until <= clock.now()) blocked.delete(tenantName)
    await recheckHeld()
    await recheckSets()
    if (clock.now() >= nextSweepAt) await sweepHeld()
  }

  async function recheckHeld(): Promise<void> {
    if (rechecking || held.size === 0) return
    rechecking = true
    let looks = 0
    for (const tenantName of held) {
      if (stopped || looks++ >= pollTenantsPerPage) break
      // To the end of the line, so that the next look begins with others.
      held.delete(tenantName)
      held.add(tenantName)
      try {
        const verdict = await gate.find({ tenantName, configurationSetName: '' })
        if (!(verdict.hold !== undefined && verdict.wholeTenant)) release(tenantName)
      } catch {
        // The status is unknown: it stays held until a look succeeds.
        break
      }
    }
    rechecking = false
  }

  /** Sets that may send again: what went back on their account is claimed before its time. */
  async function recheckSets(): Promise<void> {
    if (recheckingSets || heldSets.size === 0) return
    recheckingSets = true
    let looks = 0
    for (const [key, pair] of heldSets) {
      if (stopped || looks++ >= pollTenantsPerPage) break
      heldSets.delete(key)
      heldSets.set(key, pair)
      try {
        const verdict = await gate.find(pair)
        const open = verdict.hold === undefined || verdict.wholeTenant
        if (open) releaseSet(key, pair)
        else pair.openedAt = 0
      } catch {
        break
      }
    }
    recheckingSets = false
  }

  /** Remembered a little longer: an entry that was judged before the change may reach the store only now, and is found by the next look. */
  function releaseSet(key: string, pair: StateNames & { openedAt: number }): void {
    const now = clock.now()
    if (pair.openedAt === 0) pair.openedAt = now
    else if (now - pair.openedAt >= pollMs) heldSets.delete(key)
    for (const bulk of classes) {
      const window = windowOf(pair.tenantName, bulk)
      window.waiting = true
      // Short of what goes back from now on: entries of a set that is still paused are not claimed round and round.
      window.claimUntil = now + setHoldMs - 1
      feed(window)
    }
  }

  function release(tenantName: string): void {
    held.delete(tenantName)
    for (const bulk of classes) {
      const window = windowOf(tenantName, bulk)
      window.held = false
      window.waiting = true
      feed(window)
    }
  }

  /** Mail of held and blocked tenants is not claimed, so its expiry is looked for here. */
  async function sweepHeld(): Promise<void> {
    if (sweeping) return
    sweeping = true
    nextSweepAt = clock.now() + expirySweepMs
    try {
      for (const tenantName of [...held, ...blocked.keys()]) {
        let after = 0
        for (;;) {
          const rows = await store.listQueue({ tenantName, after, limit: expirySweepEntries })
          const now = clock.now()
          for (const { entry, leased } of rows) if (!leased && entry.expiresAt <= now && (held.has(tenantName) || isBlocked(tenantName))) expire(entry)
          after = rows.at(-1)?.entry.id ?? after
          if (rows.length < expirySweepEntries || stopped) break
        }
      }
    } catch (fault) {
      log.error({ fault: String(fault) }, 'held mail could not be looked through for expiry')
    }
    sweeping = false
  }

  function arm(): void {
    timer = clock.after(pollMs, () => {
      arm()
      void poll()
    })
  }
  arm()
  void poll()

  return {
    hasRoom(tenantName, bulk) {
      if (stopped) return false
      const key = laneKey(tenantName, bulk)
      const window = lanes.get(key)
      const entriesMax = entries < heldEntriesMax / 2 ? roomyWindowEntriesMax : windowEntriesMax
      const fits = entries < heldEntriesMax && (!window || (!window.waiting && !window.claiming && !window.held && window.entries < entriesMax))
      if (fits && !isBlocked(tenantName)) return true
      // The caller stores it and wakes us.
      marked.set(key, { tenantName, bulk })
      return false
    },
    enter({ tenantName, bulk = false }) {
      entries++
      windowOf(tenantName, bulk).entries++
    },
    leave({ tenantName, bulk = false }, returned) {
      entries--
      const window = windowOf(tenantName, bulk)
      window.entries--
      if (returned) window.returned++
      if (window.waiting && window.entries <= windowEntriesLow) feed(window)
      else if (window.entries === 0) forgetIfEmpty(window)
      if (hungry.size > 0) claimMore()
    },
    wake() {
      if (waking) return
      waking = true
      queueMicrotask(() => {
        waking = false
        for (const named of [marked, markedBefore]) {
          for (const { tenantName, bulk = false } of named.values()) {
            if (isBlocked(tenantName)) continue
            const window = windowOf(tenantName, bulk)
            window.waiting = true
            feed(window)
          }
        }
      })
    },
    hold(tenantName) {
      held.add(tenantName)
      for (const bulk of classes) windowOf(tenantName, bulk).held = true
    },
    block(tenantName, until) {
      if (blocked.size < verdictsMax || blocked.has(tenantName)) blocked.set(tenantName, until)
      for (const bulk of classes) {
        const window = lanes.get(laneKey(tenantName, bulk))
        if (!window) continue
        // What waits in the store is found by the poll after that time.
        window.waiting = false
        forgetIfEmpty(window)
      }
    },
    holdSet(tenantName, configurationSetName) {
      const key = `${tenantName}\0${configurationSetName}`
      const known = heldSets.get(key)
      if (known) known.openedAt = 0
      else if (heldSets.size < verdictsMax) heldSets.set(key, { tenantName, configurationSetName, openedAt: 0 })
    },
    recheck() {
      rechecking = recheckingSets = false
      // Limits may have changed: the road blocks again what still is.
      if (blocked.size > 0) {
        blocked.clear()
        void poll()
      }
      void recheckHeld()
      void recheckSets()
    },
    resume() {
      claimMore()
    },
    get entries() {
      return entries
    },
    get busy() {
      return claims > 0 || polling || rechecking || recheckingSets
    },
    stop() {
      stopped = true
      timer?.cancel()
    },
  }
}

/** A tenant's lanes, in the order of the store. */
const classes = [false, true] as const

/** Tenant names hold no U+0000. */
function laneKey(tenantName: string, bulk: boolean): string {
  return bulk ? `${tenantName}\0` : tenantName
}
