// Forgets events that are older than the retention, in small steps on a timer, so that the log stays bounded; the notes on deleted
// tenants that outlived the mail they were for; and the marks of feedback that no token can bring any more. Facts of a message stay while
// a bounce or complaint about it may still come.
import { type Clock, pause } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { forgetFeedback } from '../ledger/feedback-marks.ts'
import { returnPathLifeMs } from '../mail/return-path.ts'
import { forgetPausedDeletions } from '../resources/sweep-tenant.ts'
import type { Store } from '../storage/store.ts'

const stepMs = 60_000
const dayMs = 86_400_000

/** Runs until `signal` aborts; resolves then. A store that is away is tried again at the next step. */
export async function keepEvents(
  parts: { store: Pick<Store, 'prune' | 'list' | 'commit'>; clock: Clock; log: Log },
  retentionDays: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(parts.clock, stepMs, signal)
    if (signal.aborted) return
    try {
      const now = parts.clock.now()
      await parts.store.prune(now - retentionDays * dayMs, now - Math.max(retentionDays * dayMs, returnPathLifeMs + dayMs))
      await forgetFeedback(parts.store, now)
      await forgetPausedDeletions(parts.store, parts.clock.now())
    } catch (fault) {
      parts.log.warn({ err: String(fault) }, 'old events could not be forgotten now')
    }
  }
}
