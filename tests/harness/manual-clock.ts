// A clock that moves only when a test says so. Between two timers it lets real I/O settle, so that hours pass in moments
// and nothing is skipped.
import type { Clock, Timer } from '../../src/kit/clock.ts'

/** A Clock that a test holds in its hand. */
export interface ManualClock extends Clock {
  /** Moves `ms` ahead; due timers fire in order, each at its own time, and I/O settles after each. */
  advance(ms: number): Promise<void>
  /**
   * Steps from timer to timer until `condition` holds.
   * @throws Error when it does not hold within `minutesMax` of this clock, or no timer is left and I/O stays quiet for 2 real seconds.
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

/** Starts at `startMs`; 2026-01-01 when left out. */
export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs
  let order = 0
  const timers = new Set<Waiting>()

  const next = (): Waiting | undefined => {
    let first: Waiting | undefined
    for (const timer of timers) if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer
    return first
  }
  const fire = (timer: Waiting) => {
    timers.delete(timer)
    now = Math.max(now, timer.at)
    timer.fire()
  }

  return {
    now: () => now,
    after(delayMs: number, callback: () => void): Timer {
      order += 1
      const timer = { at: now + Math.max(delayMs, 0), order, fire: callback }
      timers.add(timer)
      return { cancel: () => timers.delete(timer) }
    },
    get waiting() {
      return timers.size
    },
    async advance(ms) {
      const until = now + ms
      for (let timer = next(); timer && timer.at <= until; timer = next()) {
        fire(timer)
        await settle()
      }
      now = Math.max(now, until)
      await settle()
    },
    async advanceUntil(condition, { minutesMax }) {
      const until = now + minutesMax * 60_000
      await settle()
      while (!(await condition())) {
        const timer = next()
        if (timer && timer.at <= until) {
          fire(timer)
          await settle(condition)
          continue
        }
        await settle(condition, quietMsMax)
        if (await condition()) return
        throw new Error(timer ? `not within ${minutesMax} minutes of the clock` : 'no timer is left, and the condition does not hold')
      }
    },
  }
}

/** Real time in which I/O that a timer started on loopback and disk is done, and the longest that a last look waits. */
const settleMs = 15
const quietMsMax = 2_000

/** Lets pending I/O and promises run for a while of real time; ends early when `condition` holds. */
async function settle(condition?: () => unknown, ms = settleMs): Promise<void> {
  const deadline = performance.now() + ms
  do {
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (condition && (await condition())) return
  } while (performance.now() < deadline)
}
