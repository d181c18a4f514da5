// An SES client that keeps to a rate and waits out throttling. It replaces the SDK's own attempts, because a throttled account must hold back
// all calls, not the one that was refused.
import { SESv2Client, type SESv2ClientConfig } from '@aws-sdk/client-sesv2'
import { type Clock, pause } from '../../kit/clock.ts'
import type { Random } from '../../kit/random.ts'
import { callAttemptsMax, callBackOffMsMax, callBackOffMsMin } from '../limits.ts'
import { Interrupted, isTemporary } from './faults.ts'

/** How fast, and what time and chance are. */
export interface Pacing {
  /** Undefined: as fast as the answers come. */
  readonly callsPerSecond: number | undefined
  readonly clock: Clock
  readonly random: Random
  readonly signal: AbortSignal
}

/** The client; every call waits for its turn, and a temporary refusal makes all calls wait. */
export function pacedClient(settings: SESv2ClientConfig, pacing: Pacing): SESv2Client {
  const client = new SESv2Client({ ...settings, maxAttempts: 1 })
  const pacer = createPacer(pacing)
  client.middlewareStack.add(
    (next) => async (request) => {
      for (let attempt = 1; ; attempt += 1) {
        await pacer.turn()
        try {
          return await next(request)
        } catch (fault) {
          if (!isTemporary(fault) || attempt >= callAttemptsMax) throw fault
          pacer.holdBack(attempt)
        }
      }
    },
    { step: 'initialize', name: 'pace', priority: 'high' },
  )
  return client
}

/** Hands out turns: at most `callsPerSecond`, none while held back. @throws Interrupted from `turn` when the signal aborts. */
export function createPacer({ callsPerSecond, clock, random, signal }: Pacing): { turn(): Promise<void>; holdBack(attempt: number): void } {
  const gapMs = callsPerSecond === undefined ? 0 : 1_000 / callsPerSecond
  let nextAt = 0
  return {
    async turn() {
      const at = Math.max(clock.now(), nextAt)
      nextAt = at + gapMs
      if (at > clock.now()) await pause(clock, at - clock.now(), signal)
      if (signal.aborted) throw new Interrupted('interrupted')
    },
    holdBack(attempt) {
      const delayMs = Math.min(callBackOffMsMax, callBackOffMsMin * 2 ** (attempt - 1)) * (0.75 + random.fraction() / 2)
      nextAt = Math.max(nextAt, clock.now() + delayMs)
    },
  }
}
