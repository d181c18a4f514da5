// Which entries are in memory: a bounded window for each tenant that has mail, refilled from the store when it runs low.
// The store is the truth; a wake-up is a hint, the poll finds what a hint missed. A tenant's backlog of a million costs one record here.
// Leaves to whom: what happens with an entry in memory is the road's; statuses are judged by gate.ts.
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Store } from '../storage/store.ts'
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
  /** Room for one more fresh message of the tenant; false also while older mail of it waits in the store, so that order holds. */
  hasRoom(tenantName: string): boolean
  /** An entry came into memory. */
  enter(tenantName: string): void
  /** An entry left memory. `returned`: straight back to the store without having been tried. */
  leave(tenantName: string, returned: boolean): void
  /** Mail was stored without a hand-over: look for it now. */
  wake(): void
  /** The tenant is held: nothing of it is claimed until its status says otherwise. */
  hold(tenantName: string): void
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

interface Window {
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
}: {
  store: Pick<Store, 'claim' | 'waitingTenants' | 'listQueue'>
  clock: Clock
  log: Log
  gate: Pick<Gate, 'find'>
  admit: (entries: readonly QueueEntry[]) => void
  expire: (entry: QueueEntry) => void
  mayClaim: () => boolean
}): Windows {
  const tenants = new Map<string, Window>()
  const hungry = new Set<string>()
  const held = new Set<string>()
  /** Paused sets by tenant, each with when it was first seen open again; 0 while it is paused. */
  const heldSets = new Map<string, StateNames & { openedAt: number }>()
  /** Tenants that were told "no room" lately: the ones a wake-up may mean. Two generations, turned by the poll. */
  let marked = new Set<string>()
  let markedBefore = new Set<string>()
  let waking = false
  let entries = 0
  let claims = 0
  let stopped = false
  let polling = false
  let rechecking = false
  let recheckingSets = false
  let sweeping = false
  let pollAfter: string | undefined
  let nextSweepAt = clock.now() + expirySweepMs
  let timer: Timer | undefined
  let lastFault = ''

  function windowOf(tenantName: string): Window {
    let found = tenants.get(tenantName)
    if (!found) {
      found = { entries: 0, waiting: false, claiming: false, held: false, claimUntil: 0, returned: 0 }
      tenants.set(tenantName, found)
    }
    return found
  }

  /** A window that says nothing need not be remembered. */
  function forgetIfEmpty(tenantName: string, window: Window): void {
    if (window.entries === 0 && !window.waiting && !window.claiming && !window.held) tenants.delete(tenantName)
  }

  function feed(tenantName: string, window: Window): void {
    if (!window.waiting || window.claiming || window.held || window.entries > windowEntriesLow) return
    hungry.add(tenantName)
    claimMore()
  }

  function claimMore(): void {
    if (stopped || !mayClaim()) return
    for (const tenantName of hungry) {
      if (claims >= claimsInFlightMax || entries >= heldEntriesMax) return
      hungry.delete(tenantName)
      const window = windowOf(tenantName)
      if (!window.waiting || window.claiming || window.held) forgetIfEmpty(tenantName, window)
      else void claim(tenantName, window)
    }
  }

  async function claim(tenantName: string, window: Window): Promise<void> {
    claims++
    window.claiming = true
    window.waiting = false
    const returning = window.returned >= windowEntriesLow
    window.returned = 0
    // With many hungry tenants each gets its part of the memory.
    const share = Math.max(1, Math.floor((heldEntriesMax - entries) / (hungry.size + 1)))
    const limit = Math.min(share, returning ? returningClaimEntries : Math.max(1, windowEntriesMax - window.entries))
    try {
      const { claimUntil } = window
      const claimed = await store.claim({ tenantName, now: Math.max(clock.now(), claimUntil), limit })
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
        feed(tenantName, window)
        forgetIfEmpty(tenantName, window)
      })
    } else {
      window.claiming = false
      feed(tenantName, window)
      forgetIfEmpty(tenantName, window)
    }
    claimMore()
  }

  async function poll(): Promise<void> {
    if (polling || stopped) return
    polling = true
    markedBefore = marked
    marked = new Set()
    try {
      for (let page = 0; page < pollPagesMax && !stopped; page++) {
        const found = await store.waitingTenants({
          now: clock.now(),
          limit: pollTenantsPerPage,
          ...(pollAfter === undefined ? {} : { after: pollAfter }),
        })
        for (const { tenantName } of found) {
          const window = windowOf(tenantName)
          window.waiting = true
          feed(tenantName, window)
        }
        pollAfter = found.length < pollTenantsPerPage ? undefined : found.at(-1)?.tenantName
        if (pollAfter === undefined) break
      }
      lastFault = ''
    } catch (fault) {
      if (lastFault !== String(fault)) log.error({ fault: String(fault) }, 'the queue could not be polled')
      lastFault = String(fault)
    }
    polling = false
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
    const window = windowOf(pair.tenantName)
    window.waiting = true
    // Short of what goes back from now on: entries of a set that is still paused are not claimed round and round.
    window.claimUntil = now + setHoldMs - 1
    feed(pair.tenantName, window)
  }

  function release(tenantName: string): void {
    held.delete(tenantName)
    const window = windowOf(tenantName)
    window.held = false
    window.waiting = true
    feed(tenantName, window)
  }

  /** Held mail is not claimed, so its expiry is looked for here. */
  async function sweepHeld(): Promise<void> {
    if (sweeping) return
    sweeping = true
    nextSweepAt = clock.now() + expirySweepMs
    try {
      for (const tenantName of [...held]) {
        let after = 0
        for (;;) {
          const rows = await store.listQueue({ tenantName, after, limit: expirySweepEntries })
          const now = clock.now()
          for (const { entry, leased } of rows) if (!leased && entry.expiresAt <= now && held.has(tenantName)) expire(entry)
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
    hasRoom(tenantName) {
      if (stopped) return false
      const window = tenants.get(tenantName)
      const entriesMax = entries < heldEntriesMax / 2 ? roomyWindowEntriesMax : windowEntriesMax
      if (entries < heldEntriesMax && (!window || (!window.waiting && !window.claiming && !window.held && window.entries < entriesMax))) return true
      // The caller stores it and wakes us.
      marked.add(tenantName)
      return false
    },
    enter(tenantName) {
      entries++
      windowOf(tenantName).entries++
    },
    leave(tenantName, returned) {
      entries--
      const window = windowOf(tenantName)
      window.entries--
      if (returned) window.returned++
      if (window.waiting && window.entries <= windowEntriesLow) feed(tenantName, window)
      else if (window.entries === 0) forgetIfEmpty(tenantName, window)
      if (hungry.size > 0) claimMore()
    },
    wake() {
      if (waking) return
      waking = true
      queueMicrotask(() => {
        waking = false
        for (const names of [marked, markedBefore]) {
          for (const tenantName of names) {
            const window = windowOf(tenantName)
            window.waiting = true
            feed(tenantName, window)
          }
        }
      })
    },
    hold(tenantName) {
      windowOf(tenantName).held = true
      held.add(tenantName)
    },
    holdSet(tenantName, configurationSetName) {
      const key = `${tenantName}\0${configurationSetName}`
      const known = heldSets.get(key)
      if (known) known.openedAt = 0
      else if (heldSets.size < verdictsMax) heldSets.set(key, { tenantName, configurationSetName, openedAt: 0 })
    },
    recheck() {
      rechecking = recheckingSets = false
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
