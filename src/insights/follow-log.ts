// Follows the event log: bounded steps, one at a time whoever asks, a few now and then by itself and a few when somebody wants an answer that is up to date.
// Leaves to whom: what a step reads and commits, with its own cursor, is the follower's; a step that fails is taken again the next time.
import { type Clock, pause } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'

/** What is followed, and how. */
export interface Following {
  readonly clock: Clock
  readonly log: Log
  /** Between two looks of its own. */
  readonly everyMs: number
  /** An answer waits for no more. */
  readonly stepsPerQuestion: number
  /** Reads and commits the next events; true when more may be there. */
  step(): Promise<boolean>
  /** Left out: always. False: this look is left out, with its care. */
  isWanted?(): Promise<boolean>
  /** After a look, when everything is read: forgets what is old. */
  care(): Promise<void>
  /** For the log, when a look failed. */
  readonly failed: string
}

/** A running follower. */
export interface LogFollower {
  /** Reads what is new, so that an answer is up to date; gives up after a bounded number of steps. Repeatable, shared by callers. */
  catchUp(): Promise<void>
  /** Ends after the step that runs. Repeatable. */
  close(): Promise<void>
}

/** Starts to follow; the first look comes after `everyMs`. */
export function followLog(following: Following): LogFollower {
  const { clock, log, everyMs, stepsPerQuestion, failed } = following
  const stopping = new AbortController()
  let running: Promise<boolean> | undefined

  const step = (): Promise<boolean> => {
    running ??= following.step().finally(() => {
      running = undefined
    })
    return running
  }

  async function look(): Promise<void> {
    if (following.isWanted && !(await following.isWanted())) return
    while (!stopping.signal.aborted && (await step())) {
      // On to the next step.
    }
    if (!stopping.signal.aborted) await following.care()
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(clock, everyMs, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        await look()
      } catch (fault) {
        log.warn({ err: String(fault) }, failed)
      }
    }
  }
  const looping = loop()

  return {
    async catchUp() {
      // A step that runs may have read before the newest event was there.
      await running?.catch(() => {})
      for (let steps = 0; steps < stepsPerQuestion && !stopping.signal.aborted; steps++) if (!(await step())) return
    },
    async close() {
      stopping.abort()
      await looping
      await running?.catch(() => {})
    },
  }
}
