// A few lanes that take work from a store, one piece each at a time. A wake-up is a hint; the poll is the truth.
import { type Clock, pause } from './clock.ts'

/** The running lanes. */
export interface WorkLanes {
  /** Looks for work now instead of at the next poll. */
  wake(): void
  /** Ends after what runs has ended; `signal` tells it to hurry. Repeatable. */
  close(): Promise<void>
}

/** What lanes do. */
export interface WorkLanesOptions {
  readonly clock: Clock
  readonly lanes: number
  readonly pollMs: number
  /** The next piece that no other lane has; undefined when there is none now. */
  next(): Promise<(() => Promise<void>) | undefined>
  /** A piece or a look for one failed; it is tried again at the next poll. */
  onFault(fault: unknown): void
  /** Aborts what runs when the lanes close. */
  readonly closing: AbortController
}

/** Starts them. */
export function startWorkLanes({ clock, lanes, pollMs, next, onFault, closing }: WorkLanesOptions): WorkLanes {
  let wake = new AbortController()
  const lane = async () => {
    while (!closing.signal.aborted) {
      // Before the look: a wake-up between look and pause must not be lost.
      const woken = wake.signal
      let found = false
      try {
        const work = await next()
        found = work !== undefined
        await work?.()
      } catch (fault) {
        found = false
        if (!closing.signal.aborted) onFault(fault)
      }
      if (!found) await pause(clock, pollMs, AbortSignal.any([closing.signal, woken]))
    }
  }
  const running = Promise.all(Array.from({ length: lanes }, lane))
  return {
    wake() {
      const before = wake
      wake = new AbortController()
      before.abort()
    },
    async close() {
      closing.abort()
      await running
    },
  }
}
