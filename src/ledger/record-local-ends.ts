// What is said of recipients for whom nothing is queued: those on a suppression list and those of the mailbox simulator. Their events
// belong to the commit of the acceptance. Recipients with the same cause share one event (ses.md §3.2); forms are §3.1's.
import { mintMessageId } from '../model/message-id.ts'
import type { EventType } from '../model/event.ts'
import type { SimulatorMailbox } from '../model/simulator.ts'
import type { Change } from '../storage/store.ts'
import { type AcceptedMessage, acceptanceEvent } from './record-acceptance.ts'
import { noteSimulated, reportingMailbox } from './simulated-feedback.ts'

/** Why a recipient's road ends at acceptance. */
export type LocalEnd =
  | { readonly kind: 'suppressed'; readonly scope: 'ACCOUNT' | 'TENANT'; readonly reason: 'BOUNCE' | 'COMPLAINT' }
  /** The contact list of the message says that the recipient does not want it. */
  | { readonly kind: 'unsubscribed' }
  | { readonly kind: 'simulated'; readonly mailbox: SimulatorMailbox }

/** A recipient with its end. */
export interface EndedRecipient {
  readonly recipient: string
  /** Position among all recipients of the message. */
  readonly index: number
  readonly end: LocalEnd
}

/** Ids and names for the events. */
export interface LocalEndContext {
  readonly uuid: () => string
  /** BULKHEAD_HOSTNAME. */
  readonly hostname: string
}

// ses.md §3.2: the texts of the real service.
const listTexts = {
  ACCOUNT:
    'Amazon SES did not send the message to this address because it is on the suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html',
  TENANT: 'Amazon SES did not send the message to this address because it is on the suppression list for your tenant.',
} as const
// No source shows SES's words.
const unsubscribedText = 'Amazon SES did not send the message to this address because the contact has unsubscribed from the contact list or topic.'
const serviceListText = 'Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.'

/** The events, one for each cause; they follow SEND. What the simulator reports later is noted. */
export function localEndChanges(message: AcceptedMessage, ended: readonly EndedRecipient[], context: LocalEndContext): Change[] {
  const byCause = new Map<string, { end: LocalEnd; recipients: string[] }>()
  for (const { recipient, end } of ended) {
    const cause = Object.values(end).join(' ')
    const group = byCause.get(cause)
    if (group) group.recipients.push(recipient)
    else byCause.set(cause, { end, recipients: [recipient] })
  }
  const events = [...byCause.values()].flatMap(({ end, recipients }) =>
    eventsOf(message, end, recipients, context).map(([type, detail]) => acceptanceEvent(message, type, detail, context.uuid())),
  )
  const notes = ended.flatMap(({ end, index }) => {
    const mailbox = end.kind === 'simulated' ? reportingMailbox(end.mailbox) : undefined
    return mailbox ? [noteSimulated({ mailbox, messageId: message.messageId, recipientIndex: index })] : []
  })
  return [...events, ...notes]
}

/** Whether something of a message was noted that will be reported later. */
export function reportsLater(ended: readonly EndedRecipient[]): boolean {
  return ended.some(({ end }) => end.kind === 'simulated' && reportingMailbox(end.mailbox) !== undefined)
}

type Told = [EventType, Record<string, unknown>]

function eventsOf(message: AcceptedMessage, end: LocalEnd, recipients: readonly string[], context: LocalEndContext): Told[] {
  const timestamp = new Date(message.acceptedAt).toISOString()
  const feedback = () => ({ timestamp, feedbackId: mintMessageId(message.acceptedAt, context.uuid()) })
  const bounce = (bounceSubType: string, diagnosticCode: string): Told => [
    'BOUNCE',
    {
      bounceType: 'Permanent',
      bounceSubType,
      bouncedRecipients: recipients.map((emailAddress) => ({ emailAddress, action: 'failed', status: '5.1.1', diagnosticCode })),
      ...feedback(),
      reportingMTA: `dsn; ${context.hostname}`,
    },
  ]
  const complaint = (complaintSubType: string): Told => [
    'COMPLAINT',
    { complainedRecipients: recipients.map((emailAddress) => ({ emailAddress })), ...feedback(), complaintSubType, arrivalDate: timestamp },
  ]
  const delivery = (): Told => [
    'DELIVERY',
    { timestamp, processingTimeMillis: 0, recipients: [...recipients], smtpResponse: '250 2.6.0 Message received', reportingMTA: context.hostname },
  ]
  if (end.kind === 'suppressed') {
    const subType = end.scope === 'ACCOUNT' ? 'OnAccountSuppressionList' : 'OnTenantSuppressionList'
    return [end.reason === 'BOUNCE' ? bounce(subType, listTexts[end.scope]) : complaint(subType)]
  }
  if (end.kind === 'unsubscribed') return [bounce('UnsubscribedRecipient', unsubscribedText)]
  switch (end.mailbox) {
    case 'success':
    case 'ooto':
      return [delivery()]
    case 'bounce':
      return []
    case 'complaint':
      return [delivery()]
    case 'suppressionlist':
      return [bounce('Suppressed', serviceListText)]
  }
}
