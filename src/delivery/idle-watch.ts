// Tells who asked when the road has nothing left in memory. For tests; costs one comparison an outcome while nobody asks.
import type { Clock } from '../kit/clock.ts'
import type { Windows } from './windows.ts'
import type { OutcomeWriter } from './write-outcomes.ts'

/** Who waits for the road to be idle. */
export interface IdleWatch {
  /** An outcome became durable: it may be over. */
  look(): void
  /** Resolves when memory holds no entry and every outcome is durable. */
  idle(): Promise<void>
}

/** Nobody waits yet. */
export function createIdleWatch(clock: Clock, windows: Pick<Windows, 'entries' | 'busy'>, writer: Pick<OutcomeWriter, 'drained' | 'unconfirmed'>): IdleWatch {
  let waiters: (() => void)[] = []

  function look(): void {
    if (waiters.length === 0 || windows.entries > 0 || windows.busy) return
    void writer.drained(true).then(() => {
      if (windows.entries > 0 || windows.busy || writer.unconfirmed > 0) return
      const waited = waiters
      waiters = []
      for (const resolve of waited) resolve()
    })
  }

  function idle(): Promise<void> {
    return new Promise((resolve) => {
      waiters.push(resolve)
      const lookAgain = () => {
        if (!waiters.includes(resolve)) return
        look()
        clock.after(idleLookMs, lookAgain)
      }
      lookAgain()
    })
  }

  return { look, idle }
}

const idleLookMs = 20
