// What happened, in SES's own words: the `mail` object and the event objects of its event records.
// Source: SES developer guide, "Contents of event data" (ses.md §3).

/** Event types as configuration sets match them. */
export type EventType = 'SEND' | 'REJECT' | 'BOUNCE' | 'COMPLAINT' | 'DELIVERY' | 'OPEN' | 'CLICK' | 'RENDERING_FAILURE' | 'DELIVERY_DELAY' | 'SUBSCRIPTION'

/** The `mail` object of an event record; JSON in exactly this shape. */
export interface MailFacts {
  /** ISO 8601 with milliseconds and Z. */
  timestamp: string
  /** From as given, display name kept. */
  source: string
  sourceArn: string
  sendingAccountId: string
  messageId: string
  /** Every recipient: To, Cc and Bcc. */
  destination: string[]
  /** True when the headers are above 10 KB and the rest is left out. */
  headersTruncated: boolean
  /** Headers as the sender gave them. */
  headers: { name: string; value: string }[]
  commonHeaders: {
    from?: string[]
    to?: string[]
    cc?: string[]
    bcc?: string[]
    sender?: string[]
    replyTo?: string[]
    returnPath?: string
    date?: string
    messageId: string
    subject?: string
  }
  tags: Record<string, string[]>
  /** What the message carries to count opens and clicks; absent: nothing. Ours: no record shows it. */
  trackers?: readonly ('OPEN' | 'CLICK')[]
}

/** SES bounce type and subtype (ses.md §3.2). */
export interface BounceClass {
  readonly bounceType: 'Undetermined' | 'Permanent' | 'Transient'
  readonly bounceSubType:
    | 'Undetermined'
    | 'General'
    | 'NoEmail'
    | 'Suppressed'
    | 'OnAccountSuppressionList'
    | 'OnTenantSuppressionList'
    | 'MailboxFull'
    | 'MessageTooLarge'
    | 'ContentRejected'
    | 'AttachmentRejected'
    | 'CustomTimeoutExceeded'
    | 'EmailValidationSuppressed'
    | 'UnsubscribedRecipient'
}

/** SES `delayType` values that a delivery can meet. */
export type DelayType =
  | 'InternalFailure'
  | 'General'
  | 'MailboxFull'
  | 'SpamDetected'
  | 'RecipientServerError'
  | 'IPFailure'
  | 'TransientCommunicationFailure'
  | 'Undetermined'

/** Subtypes of bounces and complaints that never were: we held the mail back. They count in no rate (ses.md §3.2). */
export const heldBackSubTypes: ReadonlySet<unknown> = new Set([
  'OnAccountSuppressionList',
  'OnTenantSuppressionList',
  'EmailValidationSuppressed',
  'UnsubscribedRecipient',
] satisfies BounceClass['bounceSubType'][])

/** One row of the event log. */
export interface EventRow {
  /** Stable id of the event (UUID); a repeat by at-least-once delivery carries the same. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly type: EventType
  readonly messageId: string
  /** Empty for a send without tenant. */
  readonly tenantName: string
  readonly configurationSetName: string
  /** The event object of the record (`send`, `delivery`, `bounce` …), JSON-ready. */
  readonly detail: Record<string, unknown>
  /** Tags that are known only since this event (`ses:outgoing-ip` …); joined to the mail object's. */
  readonly tags: Record<string, string[]>
}

/** An event row as the log gives it back. */
export interface LoggedEvent extends EventRow {
  /** Position in the log; rises, never reused. */
  readonly position: number
  /** The message's facts. */
  readonly mail: MailFacts
}

/** How SES spells each type: `eventType` of the record and the name of its event object. */
export const eventSpellings: Record<EventType, { eventType: string; member: string }> = {
  SEND: { eventType: 'Send', member: 'send' },
  REJECT: { eventType: 'Reject', member: 'reject' },
  BOUNCE: { eventType: 'Bounce', member: 'bounce' },
  COMPLAINT: { eventType: 'Complaint', member: 'complaint' },
  DELIVERY: { eventType: 'Delivery', member: 'delivery' },
  OPEN: { eventType: 'Open', member: 'open' },
  CLICK: { eventType: 'Click', member: 'click' },
  RENDERING_FAILURE: { eventType: 'Rendering Failure', member: 'failure' },
  DELIVERY_DELAY: { eventType: 'DeliveryDelay', member: 'deliveryDelay' },
  SUBSCRIPTION: { eventType: 'Subscription', member: 'subscription' },
}

/** The SES event record of a logged event: `eventType`, `mail` and one event object. */
export function eventRecord(event: LoggedEvent): Record<string, unknown> {
  const { eventType, member } = eventSpellings[event.type]
  const { trackers: _, ...mail } = event.mail
  return { eventType, mail: { ...mail, tags: { ...mail.tags, ...event.tags } }, [member]: event.detail }
}
