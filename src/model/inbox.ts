// The development inbox as a port: the messages that development mode kept instead of letting them leave, readable through
// the own operations ListInbox and GetInboxMessage. In production there is no inbox.

/** One message as the development mode received it from the delivery side. */
export interface InboxMessage {
  /** Counts up from 1 and is never reused. */
  readonly id: number
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly envelopeSender: string
  readonly recipients: readonly string[]
  /** The message as it went over the wire, without the dot stuffing. */
  readonly bytes: Buffer
}

/** Which messages to list: those with an id above `after`, the first `limit` or, as `newest`, the last; oldest first either way. */
export interface InboxQuery {
  readonly recipient?: string
  readonly after: number
  readonly limit: number
  readonly newest?: boolean
}

/** The kept messages; `total` counts all that match the recipient, whatever `after` and `limit` say, `kept` those for others as well. */
export interface Inbox {
  list(query: InboxQuery): { readonly messages: readonly InboxMessage[]; readonly total: number; readonly kept: number }
  get(id: number): InboxMessage | undefined
}
