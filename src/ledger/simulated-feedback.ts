// What the mailbox simulator still has to report: one record for each recipient, written with the acceptance and removed when its report was
// taken, so that a crash between the two loses nothing. The report itself is a real mail and walks the road of every other one.
import type { SimulatorMailbox } from '../model/simulator.ts'
import { type Change, collection, compositeKey } from '../storage/store.ts'

/** Mailboxes whose word comes later, as a mail. */
export type ReportingMailbox = Extract<SimulatorMailbox, 'bounce' | 'complaint'>

/** One report to come. */
export interface SimulatedFeedback {
  readonly mailbox: ReportingMailbox
  readonly messageId: string
  readonly recipientIndex: number
}

/** Reports to come, by message and recipient. */
export const simulatedFeedback = collection<SimulatedFeedback>('simulated-feedback')

/** Notes a report to come. */
export function noteSimulated(report: SimulatedFeedback): Change {
  return { type: 'put', collection: simulatedFeedback, key: compositeKey(report.messageId, String(report.recipientIndex)), value: report }
}

/** The mailbox, when its word comes as a mail. */
export function reportingMailbox(mailbox: SimulatorMailbox): ReportingMailbox | undefined {
  return mailbox === 'bounce' || mailbox === 'complaint' ? mailbox : undefined
}
