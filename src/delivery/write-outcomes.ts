// Makes outcomes durable in groups: what comes while one commit runs goes out in the next. Nobody waits for it, but the number
// that is not yet durable is bounded, and while the store is unavailable outcomes are kept and tried again, so that a message
// whose end we know is not sent twice as long as this process lives.
import type { Clock, Timer } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Change, CommitResult } from '../storage/store.ts'
import type { LateChanges } from './list-hard-bounce.ts'
import { lateDecisionsMax, outcomesPerCommitMax, storeRetryFirstMs, storeRetryLastMs, unconfirmedOutcomesMax } from './limits.ts'

/** Takes outcomes. */
export interface OutcomeWriter {
  /**
   * Queues the changes of one outcome; `written` is called when they are durable.
   * @param late further changes of the same commit, read and decided when it is made, and anew after a conflict.
   */
  write(changes: readonly Change[], written: () => void, late?: LateChanges): void
  /** False at the bound, or while the store does not take commits. */
  readonly open: boolean
  /** Outcomes that are not durable yet. */
  readonly unconfirmed: number
  /** Resolves when everything is durable, or at once when the store is unavailable and `patient` is false. */
  drained(patient: boolean): Promise<void>
  /** Gives up what is not durable: its entries stay leased, and the next start takes them up again. */
  stop(): void
}

interface Pending {
  readonly changes: readonly Change[]
  readonly written: () => void
  readonly late: LateChanges | undefined
}

async function allChanges({ changes, late }: Pending): Promise<readonly Change[]> {
  return late ? [...changes, ...(await late())] : changes
}

/** @param reopened called when `open` became true again. */
export function createOutcomeWriter({
  commit,
  clock,
  log,
  reopened,
}: {
  commit: (changes: readonly Change[]) => Promise<CommitResult>
  clock: Clock
  log: Log
  reopened: () => void
}): OutcomeWriter {
  let pending: Pending[] = []
  let inFlight = 0
  let failing = false
  let retryMs = storeRetryFirstMs
  let retry: Timer | undefined
  let stopped = false
  let waiters: { resolve: () => void; patient: boolean }[] = []
  const unconfirmed = () => pending.length + inFlight
  /** Somebody was told "not open" since the last `reopened`. */
  let refused = false
  const open = () => {
    const isOpen = !failing && unconfirmed() < unconfirmedOutcomesMax
    if (!isOpen) refused = true
    return isOpen
  }

  function tellWaiters(): void {
    const left = waiters
    waiters = []
    for (const waiter of left) {
      if (unconfirmed() === 0 || (failing && !waiter.patient)) waiter.resolve()
      else waiters.push(waiter)
    }
  }

  async function flush(): Promise<void> {
    while (pending.length > 0) {
      const group = pending.slice(0, outcomesPerCommitMax)
      pending = pending.slice(group.length)
      inFlight = group.length
      // A group that met a conflict is written in parts: what of it is durable must not be written again.
      const left = new Set(group)
      try {
        await commitGroup(group, left)
      } catch (fault) {
        if (!failing) log.error({ fault: String(fault), outcomes: left.size }, 'outcomes could not be written; trying again, no new deliveries start')
        failing = true
        pending = [...left, ...pending]
        inFlight = 0
        for (const one of group) if (!left.has(one)) one.written()
        tellWaiters()
        if (stopped) return
        retry = clock.after(retryMs, () => void flush())
        retryMs = Math.min(retryMs * 2, storeRetryLastMs)
        return
      }
      inFlight = 0
      failing = false
      retryMs = storeRetryFirstMs
      for (const { written } of group) written()
      if (refused && open()) {
        refused = false
        reopened()
      }
    }
    flushing = false
    tellWaiters()
  }
  let flushing = false

  async function commitGroup(group: readonly Pending[], left: Set<Pending>): Promise<void> {
    const [only] = group
    if (only && group.length === 1) {
      await commitSingle(only)
      left.delete(only)
      return
    }
    const parts = group.some(({ late }) => late) ? await Promise.all(group.map(allChanges)) : group.map(({ changes }) => changes)
    const result = await commit(parts.flat())
    if (result.committed) {
      for (const one of group) left.delete(one)
      return
    }
    // One of them is in conflict: the others must not fall with it. By halves, because after the first of several bounces of one address
    // is written the others find its entry and conflict no more.
    const half = Math.ceil(group.length / 2)
    await commitGroup(group.slice(0, half), left)
    await commitGroup(group.slice(half), left)
  }

  async function commitSingle(single: Pending): Promise<void> {
    for (let tries = single.late ? lateDecisionsMax : 0; tries > 0; tries--) {
      const result = await commit(await allChanges(single))
      if (result.committed) return
    }
    const result = await commit(single.changes)
    if (!result.committed) log.error({ conflict: result.conflict }, 'an outcome was refused by the store and is dropped')
    else if (single.late) log.error({}, 'an outcome was written without its suppression entry: others changed the list every time')
  }

  return {
    write(changes, written, late) {
      if (stopped) return
      pending.push({ changes, written, late })
      if (flushing) return
      flushing = true
      // Everything that ends in this turn of the loop shares the commit.
      queueMicrotask(() => void flush())
    },
    get open() {
      return open()
    },
    get unconfirmed() {
      return unconfirmed()
    },
    drained(patient) {
      if (unconfirmed() === 0 || (failing && !patient)) return Promise.resolve()
      return new Promise((resolve) => waiters.push({ resolve, patient }))
    },
    stop() {
      stopped = true
      pending = []
      retry?.cancel()
    },
  }
}
