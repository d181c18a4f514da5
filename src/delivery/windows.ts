// Which entries are in memory: a bounded window for each lane (a tenant's mail of one class) that has mail, refilled from the store when it runs low.
// The store is the truth; a wake-up is a hint, the poll finds what a hint missed. A tenant's backlog of a million costs one record here.
// Leaves to whom: what happens with an entry in memory is the road's; who is held is held-mail.ts, what a slow destination leaves in the store crowds.ts.
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { QueueEntry } from '../model/message.ts'
import type { Lane, Store } from '../storage/store.ts'
import { Crowds } from './crowds.ts'
import type { Gate } from './gate.ts'
import { createHeldMail } from './held-mail.ts'
import type { Placed } from './lane-look.ts'
import {
  claimsInFlightMax,
  crowdEntriesTight,
  crowdPauseMs,
  heldEntriesMax,
  pollMs,
  pollPagesMax,
  pollTenantsPerPage,
  returningClaimEntries,
  returningPauseMs,
  roomyWindowEntriesMax,
  verdictsMax,
  windowEntriesLow,
  windowEntriesMax,
} from './limits.ts'
import { createPutOff, type PutOff } from './put-off.ts'

/** The windows of all tenants. */
export interface Windows {
  /** Room for one more fresh message of the lane; false also while older mail of it waits in the store, so that order holds. */
  hasRoom(tenantName: string, bulk: boolean): boolean
  /** An entry came into memory. */
  enter(entry: LaneOf): void
  /** An entry left memory. `returned`: straight back to the store without having been tried. */
  leave(entry: LaneOf, returned: boolean): void
  /** An entry that left stands durably where it stood before. `site`: which turned it away; undefined: it went back for another reason. */
  stored(entry: LaneOf & Placed, site: string | undefined): void
  /** As of `SiteRoad`; the entry leaves after it. */
  crowded(entry: LaneOf & Placed, site: string, entriesMax: number): boolean
  invite(lane: Lane, site: string, count: number, entriesMax: number): boolean
  uncrowded(lane: Lane, site: string): void
  /** Whether it stays in the store because its destination takes mail more slowly than it comes. */
  isCrowded(entry: LaneOf & Placed): boolean
  /** Mail was stored without a hand-over: look for it now. */
  wake(): void
  /** The tenant is held: nothing of it is claimed until its status says otherwise. */
  hold(tenantName: string): void
  /** A limit of the tenant is used up: nothing of it is claimed before `until`. */
  block(tenantName: string, until: number): void
  /** Entries of this tenant went back for `setHoldMs` because their configuration set is paused; its other mail goes on. */
  holdSet(tenantName: string, configurationSetName: string): void
  /** What goes back for a while by a word of ours is noted here. */
  readonly putOff: PutOff
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
  /** How many may be claimed before their time. */
  aheadLeft: number
  /** Entries of the running claim series that went straight back. */
  returned: number
  /** Destinations that take its mail more slowly than it comes. */
  crowds: Crowds | undefined
}

/** @param admit takes claimed entries; @param expire ends one held entry whose time is over. */
export function createWindows({
  store,
  clock,
  log,
  gate,
  admit,
  expire,
  tooEarly,
  mayClaim,
  allowance,
}: {
  store: Pick<Store, 'claim' | 'claimAmong' | 'waitingLanes' | 'listQueue'>
  clock: Clock
  log: Log
  gate: Pick<Gate, 'find'>
  admit: (entries: readonly QueueEntry[]) => void
  expire: (entry: QueueEntry) => void
  /** Takes a claimed entry that a server put off until later than now. */
  tooEarly: (entry: QueueEntry) => void
  mayClaim: () => boolean
  /** How many entries of the tenant its limits let start soon; Infinity without limits. More would only wait in memory. */
  allowance: (tenantName: string) => number
}): Windows {
  const lanes = new Map<string, Window>()
  const hungry = new Set<Window>()
  /** Until when nothing of a tenant is claimed because a limit of it is used up. */
  const blocked = new Map<string, number>()
  /** Lanes that were told "no room" lately: the ones a wake-up may mean. Two generations, turned by the poll. */
  let marked = new Map<string, LaneOf>()
  let markedBefore = new Map<string, LaneOf>()
  let waking = false
  let entries = 0
  let claims = 0
  let stopped = false
  let polling = false
  let pollAfter: Lane | undefined
  let timer: Timer | undefined
  let lastFault = ''

  function windowOf(tenantName: string, bulk: boolean): Window {
    const key = laneKey(tenantName, bulk)
    let found = lanes.get(key)
    if (!found) {
      found = {
        tenantName,
        bulk,
        entries: 0,
        waiting: false,
        claiming: false,
        held: held.has(tenantName),
        claimUntil: 0,
        aheadLeft: 0,
        returned: 0,
        crowds: undefined,
      }
      lanes.set(key, found)
    }
    return found
  }

  /** A window that says nothing need not be remembered. */
  function forgetIfEmpty(window: Window): void {
    if (window.entries === 0 && !window.waiting && !window.claiming && !window.held && !window.crowds) lanes.delete(laneKey(window.tenantName, window.bulk))
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
    const { tenantName, crowds } = window
    if (!window.waiting || window.claiming || window.held || isBlocked(tenantName)) return
    if (window.entries > windowEntriesLow + (crowds?.held ?? 0) && !crowds?.isWanted) return
    // Each that leaves asks again. What slow destinations may hold does not count, and one more is looked at: it may be for another than the first.
    const most = allowance(tenantName)
    if (window.entries - (crowds?.held ?? 0) >= Math.max(most, crowdEntriesTight)) return
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
    let foundNothing = false
    window.returned = 0
    // With many hungry lanes each gets its part of the memory.
    const share = Math.max(1, Math.floor((heldEntriesMax - entries) / (hungry.size + 1)))
    const { crowds } = window
    const room = returning ? returningClaimEntries : Math.max(1, windowEntriesMax + (crowds?.held ?? 0) - window.entries)
    const limit = Math.max(1, Math.min(share, room, allowance(tenantName) - window.entries + (crowds?.held ?? 0)))
    try {
      const { claimUntil } = window
      const now = clock.now()
      const dueUntil = Math.max(now, claimUntil)
      const part = await crowds?.claim(store, { dueUntil, now, limit })
      const claimed = part?.entries ?? (await store.claim({ tenantName, bulk, now: dueUntil, limit }))
      // A look that found nothing: the next one, whoever asks for it, comes after the others.
      foundNothing = part !== undefined && claimed.length === 0
      if (part?.more ?? claimed.length === limit) window.waiting = true
      else if (window.claimUntil === claimUntil) window.claimUntil = 0
      if (crowds?.isEmpty && window.crowds === crowds) endCrowds(window)
      if (claimUntil > clock.now() && claimed.length > 0) admitAhead(window, claimed)
      else if (claimed.length > 0) admit(claimed)
      lastFault = ''
    } catch (fault) {
      // The poll tries again; one line for a series of faults.
      if (lastFault !== String(fault)) log.error({ fault: String(fault), tenantName }, 'due mail could not be claimed')
      lastFault = String(fault)
    }
    claims--
    if (foundNothing || window.returned >= windowEntriesLow) {
      // All of it went straight back, or there was none: go on, but let others have the store between.
      clock.after(foundNothing ? crowdPauseMs : returningPauseMs, () => {
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

  /** All its mail is claimed in its order again. */
  function endCrowds(window: Window): void {
    window.crowds = undefined
    window.waiting = true
    feed(window)
  }

  /** Of what was claimed before its time: no retry is made earlier than it was told. */
  function admitAhead(window: Window, claimed: readonly QueueEntry[]): void {
    const now = clock.now()
    window.aheadLeft -= claimed.length
    if (window.aheadLeft <= 0) window.claimUntil = 0
    const may: QueueEntry[] = []
    for (const entry of claimed) {
      if (putOff.mayGo(entry, now)) may.push(entry)
      else tooEarly(entry)
    }
    if (may.length > 0) admit(may)
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
    await held.look()
  }

  const held = createHeldMail({
    store,
    clock,
    log,
    gate,
    expire,
    blocked: () => blocked.keys(),
    isBlocked,
    isStopped: () => stopped,
    released(tenantName) {
      for (const bulk of classes) {
        const window = windowOf(tenantName, bulk)
        window.held = false
        window.waiting = true
        feed(window)
      }
    },
    setReleased(tenantName, until) {
      for (const bulk of classes) {
        const window = windowOf(tenantName, bulk)
        window.waiting = true
        window.claimUntil = Math.max(window.claimUntil, until)
        window.aheadLeft = Number.POSITIVE_INFINITY
        feed(window)
      }
    },
  })

  const putOff = createPutOff({
    clock,
    gate,
    changed(tenantName, count, until) {
      for (const bulk of classes) {
        const window = windowOf(tenantName, bulk)
        window.waiting = true
        window.claimUntil = Math.max(window.claimUntil, until)
        window.aheadLeft = Math.max(window.aheadLeft, count)
        feed(window)
      }
    },
  })

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
      const fits =
        entries < heldEntriesMax && (!window || (!window.waiting && !window.claiming && !window.held && !window.crowds && window.entries < entriesMax))
      if (fits && !isBlocked(tenantName)) return true
      // The caller stores it and wakes us.
      marked.set(key, { tenantName, bulk })
      return false
    },
    enter({ tenantName, bulk = false }) {
      entries++
      windowOf(tenantName, bulk).entries++
    },
    leave(entry, returned) {
      entries--
      const window = windowOf(entry.tenantName, entry.bulk ?? false)
      window.entries--
      if (returned) window.returned++
      if (window.waiting) feed(window)
      else if (window.entries === 0) forgetIfEmpty(window)
      if (hungry.size > 0) claimMore()
    },
    stored: (entry, site) => lanes.get(laneKey(entry.tenantName, entry.bulk ?? false))?.crowds?.stored(entry, site),
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
      held.hold(tenantName)
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
    holdSet: held.holdSet,
    crowded(entry, site, entriesMax) {
      const window = windowOf(entry.tenantName, entry.bulk ?? false)
      const crowds = window.crowds ?? new Crowds({ tenantName: window.tenantName, bulk: window.bulk })
      if (!crowds.add(site, entriesMax, entry)) return false
      window.crowds = crowds
      window.waiting = true
      return true
    },
    invite({ tenantName, bulk }, site, count, entriesMax) {
      const window = lanes.get(laneKey(tenantName, bulk))
      if (!window?.crowds?.has(site)) return false
      window.crowds.invite(site, count, entriesMax)
      window.waiting = true
      feed(window)
      return true
    },
    uncrowded({ tenantName, bulk }, site) {
      const window = lanes.get(laneKey(tenantName, bulk))
      window?.crowds?.end(site)
      if (window?.crowds?.isEmpty) endCrowds(window)
    },
    isCrowded: (entry) => lanes.get(laneKey(entry.tenantName, entry.bulk ?? false))?.crowds?.holdsBack(entry.domain) ?? false,
    putOff,
    recheck() {
      // Limits may have changed: the road blocks again what still is.
      if (blocked.size > 0) {
        blocked.clear()
        void poll()
      }
      held.recheck()
      void putOff.recheck()
    },
    resume() {
      claimMore()
    },
    get entries() {
      return entries
    },
    get busy() {
      return claims > 0 || polling || held.busy || putOff.busy
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
