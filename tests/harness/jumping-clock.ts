// The machine's clock with jumps: timers run as on the wall, and the date moves on when a test says so. For days in a whole world, where
// stepping through every timer of every part would take minutes.
import { type Clock, systemClock } from '../../src/kit/clock.ts'

/** A clock that a test can put forward. */
export interface JumpingClock extends Clock {
  /** The date is `ms` later from now on; timers that wait do not notice. */
  jump(ms: number): void
}

/** Starts at the machine's time. */
export function createJumpingClock(): JumpingClock {
  let ahead = 0
  return {
    now: () => systemClock.now() + ahead,
    after: (delayMs, fire) => systemClock.after(delayMs, fire),
    jump(ms) {
      ahead += ms
    },
  }
}
