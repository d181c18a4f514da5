// The one door to time. Everything else takes a Clock, so that a test can advance hours in a moment.
// Leaves to whom: what to do when a timer fires belongs to the caller.

/** A timer that was started; `cancel` is repeatable and harmless after it fired. */
export interface Timer {
  cancel(): void
}

/** Time as a parameter. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fire` once after `delayMs` (clamped to 0 … 2^31-1). */
  after(delayMs: number, fire: () => void): Timer
}

const delayMsMax = 2 ** 31 - 1 // Node fires at once beyond this.

/** The machine's own clock, for a service: a waiting timer does not keep the process alive. */
export const systemClock: Clock = machineClock((handle) => handle.unref())

/** The machine's own clock, for a program that ends with its work: the process waits for its timers. */
export const foregroundClock: Clock = machineClock(() => {})

function machineClock(started: (handle: NodeJS.Timeout) => void): Clock {
  return {
    now: () => Date.now(),
    after(delayMs, fire) {
      const handle = setTimeout(fire, Math.min(Math.max(delayMs, 0), delayMsMax))
      started(handle)
      return { cancel: () => clearTimeout(handle) }
    },
  }
}

/**
 * Resolves after `delayMs`, or at once when `signal` aborts (never rejects: the loop looks at the signal itself).
 */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      timer.cancel()
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = clock.after(delayMs, done)
    signal?.addEventListener('abort', done, { once: true })
  })
}
