// Wire shapes of the operations SES lacks, under /bulkhead/v1/. Used by api/, cli/ and the console.
// Names are PascalCase as in SES; times are ISO 8601 with milliseconds and Z.

/** GET /bulkhead/v1/queue?TenantName=&MessageId=&NextToken=&PageSize= */
export interface ListQueueAnswer {
  Entries: QueueItem[]
  /** Entries in the whole queue. */
  Total: number
  NextToken: string | null
}

/** One recipient that waits or is under way. */
export interface QueueItem {
  MessageId: string
  Recipient: string
  TenantName: string | null
  ConfigurationSetName: string | null
  /** WAITING: not due yet. DUE: may go, and its turn has not come. ACTIVE: held by the delivery road now. HELD: a pause keeps it. */
  State: 'WAITING' | 'DUE' | 'ACTIVE' | 'HELD'
  /** Why it is not gone yet, for people. */
  Reason: string
  AcceptedTimestamp: string
  NextAttemptTimestamp: string
  ExpiryTimestamp: string
  Attempts: number
  LastReply: string | null
}

/** GET /bulkhead/v1/events?After=&TenantName=&MessageId=&Types=SEND,BOUNCE&Limit=&WaitSeconds= (After=latest: only new ones) */
export interface ListEventsAnswer {
  Events: { Position: number; EventId: string; Record: Record<string, unknown> }[]
  /** Give it as After to go on. */
  NextPosition: number
}

/** GET /bulkhead/v1/inbox?Recipient=&After=&Limit= (development mode) */
export interface ListInboxAnswer {
  Messages: InboxItem[]
  Total: number
}

/** One message that the built-in far server received. */
export interface InboxItem {
  /** Rises from 1. */
  Id: number
  ReceivedTimestamp: string
  EnvelopeSender: string
  Recipients: string[]
  From: string | null
  To: string | null
  Subject: string | null
  /** Bytes of the message. */
  Size: number
  /** d= and s= of each DKIM-Signature field; not a judgement. */
  Signatures: { Domain: string; Selector: string }[]
}

/** GET /bulkhead/v1/inbox/{Id}: the item and the message as received. */
export interface GetInboxMessageAnswer {
  Message: InboxItem
  /** Base64 of the bytes. */
  Source: string
}
