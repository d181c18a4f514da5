// A clock that moves only when a test says so. Between two timers it lets real I/O settle, so that hours pass in moments
// and nothing is skipped.
import type { Clock, Timer } from '../../src/kit/clock.ts'

/** A Clock that a test holds in its hand. */
export interface ManualClock extends Clock {
  /** Moves `ms` ahead; due timers fire in order, each at its own time, and I/O settles after each. */
  advance(ms: number): Promise<void>
  /**
   * Steps from timer to timer until `condition` holds.
   * @throws Error when it does not hold within `minutesMax` of this clock, or no timer is left and it still does not after another real second.
   */
  advanceUntil(condition: () => unknown, limit: { minutesMax: number }): Promise<void>
  /** Timers that wait. */
  readonly waiting: number
}

interface Waiting {
  readonly at: number
  readonly order: number
  readonly fire: () => void
}

// Real time that says that the work behind a timer is done: nobody asked this clock for so long. Work on loopback and disk
// asks it at each step, a millisecond or two apart; when a step is slower, time only goes on a little early, as with a slow disk.
const quietMs = 4
const settleMsMax = 100
/** The longest look at a condition when nothing else is left to do. */
const lastLookMs = 1_000
/** Timers so close together count as one step. */
const togetherMs = 50

/** Starts at `startMs`; 2026-01-01 when left out. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  let order = 0
  let asked = 0
  const timers = new Set<Waiting>()

  const next = (): Waiting | undefined => {
    let first: Waiting | undefined
    for (const timer of timers) if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    return first
  }
  const step = async (timer: Waiting) => {
    timers.delete(timer)
    now = Math.max(now, timer.at)
    timer.fire()
    const following = next()
    if (following && following.at - now <= togetherMs) await new Promise((resolve) => setImmediate(resolve))
    else await settle()
  }
  const settle = async () => {
    const began = performance.now()
    let seen = asked
    let quietSince = began
    while (performance.now() - quietSince < quietMs && performance.now() - began < settleMsMax) {
      await new Promise((resolve) => setImmediate(resolve))
      await new Promise((resolve) => setTimeout(resolve, 1))
      if (asked !== seen) quietSince = performance.now()
      seen = asked
    }
  }

  return {
    now() {
      asked += 1
      return now
    },
    after(delayMs: number, fire: () => void): Timer {
      asked += 1
      order += 1
      const timer = { at: now + Math.max(delayMs, 0), order, fire }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    get waiting() {
      return timers.size
    },
    async advance(ms) {
      const until = now + ms
      for (let timer = next(); timer && timer.at <= until; timer = next()) await step(timer)
      now = Math.max(now, until)
      await settle()
    },
    async advanceUntil(condition, { minutesMax }) {
      const until = now + minutesMax * 60_000
      await settle()
      while (!(await condition())) {
        const timer = next()
        if (timer && timer.at <= until) {
          await step(timer)
          continue
        }
        for (const deadline = performance.now() + lastLookMs; performance.now() < deadline; await settle()) if (await condition()) return
        throw new Error(timer ? `not within ${minutesMax} minutes of the clock` : 'no timer is left, and the condition does not hold')
      }
    },
  }
}
