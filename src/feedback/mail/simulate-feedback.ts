// The mailbox simulator's late word: composes a real report for every record that an acceptance left, hands it to the road of all feedback,
// and removes the record. A crash in between repeats the report, and the mark of the first one makes the second a duplicate.
import { type Clock, pause } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { findFeedbackSubject } from '../../ledger/record-feedback.ts'
import { type SimulatedFeedback, simulatedFeedback } from '../../ledger/simulated-feedback.ts'
import type { ReturnPathTokens } from '../../mail/return-path.ts'
import { commitDecision } from '../../resources/commit-record.ts'
import type { Store, Stored } from '../../storage/store.ts'
import { simulatedAtOnce, simulatedRetryMs } from './limits.ts'
import { simulatedReport } from './simulated-report.ts'
import type { TakeFeedback } from './take-feedback.ts'

/** The running simulator. */
export interface FeedbackSimulator {
  /** There is a new record. */
  wake(): void
  /** Ends after the reports that are under way. Repeatable. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'list' | 'commit' | 'facts'>
  readonly clock: Clock
  readonly log: Log
  readonly hostname: string
  readonly tokens: Pick<ReturnPathTokens, 'mint'>
  readonly take: TakeFeedback
}

/** Starts with what a crash left. */
export function startFeedbackSimulator({ store, clock, log, hostname, tokens, take }: Parts): FeedbackSimulator {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let woken = false

  async function report({ key, value }: Stored<SimulatedFeedback>): Promise<void> {
    const subject = await findFeedbackSubject(store, value)
    if (subject) {
      const token = tokens.mint(value.messageId, value.recipientIndex)
      const bytes = simulatedReport({ mailbox: value.mailbox, recipient: subject.recipient, token, hostname, at: clock.now() })
      await take(bytes, [{ kind: 'return-path', subject }])
    }
    await commitDecision(store, async () => ({ answer: undefined, changes: [{ type: 'remove', collection: simulatedFeedback, key }] }))
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      woken = false
      try {
        const batch = await store.list(simulatedFeedback, { limit: simulatedAtOnce })
        await Promise.all(batch.map(report))
        if (batch.length === 0 && !woken) return
      } catch (fault) {
        log.warn({ fault: String(fault) }, 'the mailbox simulator has to wait with a report')
        await pause(clock, simulatedRetryMs, stopping.signal)
      }
    }
  }

  const wake = () => {
    woken = true
    running ??= run().finally(() => {
      running = undefined
      if (woken && !stopping.signal.aborted) wake()
    })
  }
  wake()
  return {
    wake,
    async close() {
      stopping.abort()
      await running
    },
  }
}
