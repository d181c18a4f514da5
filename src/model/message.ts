// The vocabulary of one message on its way: what a door submits, what the spool keeps, what waits in the queue.
import type { Principal } from './principal.ts'

/** A message tag, `EmailTags` in the API, `X-SES-MESSAGE-TAGS` in a header. */
export interface MessageTag {
  readonly name: string
  readonly value: string
}

/** Text with its charset as the caller named it; data is a JavaScript string already. */
export interface ContentPart {
  readonly data: string
  readonly charset: string | undefined
}

/** A file to attach (SES `Attachment`). */
export interface Attachment {
  readonly content: Uint8Array
  readonly fileName: string
  readonly contentType: string | undefined
  readonly disposition: 'ATTACHMENT' | 'INLINE'
  readonly description: string | undefined
  readonly contentId: string | undefined
  readonly transferEncoding: 'BASE64' | 'QUOTED_PRINTABLE' | 'SEVEN_BIT' | undefined
}

/** Content that we build into MIME (SES `Simple`). */
export interface SimpleContent {
  readonly kind: 'simple'
  readonly subject: ContentPart
  readonly text: ContentPart | undefined
  readonly html: ContentPart | undefined
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly attachments: readonly Attachment[]
  /** Makes text and files a `multipart/report` of this type (RFC 6522); of our own notices only. */
  readonly reportType?: string | undefined
}

/** Content that arrives as MIME bytes (SES `Raw`, or SMTP DATA after dot-unstuffing). */
export interface RawContent {
  readonly kind: 'raw'
  readonly bytes: Uint8Array
}

/** The three parts of a template; an absent part is undefined. */
export interface TemplateText {
  readonly subject: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
}

/** Content that is rendered first (SES `Template`). */
export interface TemplateContent {
  readonly kind: 'template'
  /** A stored template by name, or one that the request brings. */
  readonly template: { readonly name: string } | TemplateText
  /** JSON object as text; empty counts as no data. */
  readonly dataText: string
  readonly headers: SimpleContent['headers']
  readonly attachments: readonly Attachment[]
}

/** What a door hands to intake: one message, not yet judged. Everything is as the caller gave it. */
export interface Submission {
  readonly principal: Principal
  readonly door: 'api' | 'smtp'
  /** For the tag `ses:operation`: SendEmail, SendBulkEmail, SendRawEmail. */
  readonly operation: string
  readonly sourceIp: string
  /** For example `TLSv1.3`; undefined without TLS. */
  readonly sourceTlsVersion: string | undefined
  /** `FromEmailAddress`; undefined means the From field of the MIME. */
  readonly from: string | undefined
  readonly tenantName: string | undefined
  readonly configurationSetName: string | undefined
  /** undefined: none given, tags of the header count. */
  readonly tags: readonly MessageTag[] | undefined
  /** API `Destination`; undefined: envelope recipients of SMTP, or the MIME's own To, Cc, Bcc. */
  readonly destination: { readonly to: readonly string[]; readonly cc: readonly string[]; readonly bcc: readonly string[] } | undefined
  /** RCPT TO paths of SMTP without angle brackets. */
  readonly envelopeRecipients: readonly string[] | undefined
  /** MAIL FROM path of SMTP without angle brackets, empty for `<>`; `FeedbackForwardingEmailAddress` of the API. It names nobody to SES: From is what counts. */
  readonly envelopeSender?: string
  /** `FromEmailAddressIdentityArn` and `FeedbackForwardingEmailAddressIdentityArn` of the API: which identity authorises. */
  readonly identityArns?: { readonly from: string | undefined; readonly feedback: string | undefined }
  readonly replyTo: readonly string[]
  /** `ListManagementOptions` of the API; undefined: the header's count. */
  readonly listManagement?: ListManagement | undefined
  /** `ConfigurationOverrides.Tracking` of the API, for the step that rewrites links and adds the pixel; an absent member leaves it to the configuration set. */
  readonly trackingOverrides?: TrackingOverrides | undefined
  readonly content: SimpleContent | RawContent | TemplateContent
}

/** The contact list that a message goes to, by names as given. */
export interface ListManagement {
  readonly contactListName: string
  /** Empty: none. */
  readonly topicName: string
}

/** Whether opens and clicks of one message are tracked, whatever its configuration set says. */
export interface TrackingOverrides {
  readonly opens: 'ENABLED' | 'DISABLED' | undefined
  readonly clicks: 'ENABLED' | 'DISABLED' | undefined
}

/** One template to many: what the messages share, and what each has of its own (SES `SendBulkEmail`). */
export interface BulkSubmission {
  readonly shared: Omit<Submission, 'content' | 'destination' | 'envelopeRecipients'> & { readonly content: TemplateContent }
  readonly entries: readonly BulkEntry[]
}

/** One message of a bulk send. */
export interface BulkEntry {
  readonly destination: NonNullable<Submission['destination']>
  /** Laid over the shared data key by key. */
  readonly dataText: string
  /** Take the place of shared ones of the same name. */
  readonly headers: SimpleContent['headers']
  readonly tags: readonly MessageTag[]
}

/** Where the wire bytes of a message lie in the spool. */
export interface BodyRef {
  /** Segment number. */
  readonly segment: number
  /** Byte offset of the record in the segment. */
  readonly offset: number
  /** Length of the wire bytes. */
  readonly bytes: number
}

/** One recipient of one accepted message, as it waits in the queue. All times are milliseconds since the epoch. */
export interface QueueEntry {
  /** Minted by the store (`mintQueueId`); rises with time. */
  readonly id: number
  readonly messageId: string
  /** Position among the message's recipients, from 0. */
  readonly recipientIndex: number
  /** The envelope recipient; domain in lower-case A-label form. */
  readonly recipient: string
  /** Domain part of `recipient`. */
  readonly domain: string
  /** Empty for a send without tenant. */
  readonly tenantName: string
  /** Bulk mail lets the transactional mail of its tenant go first; absent means transactional. */
  readonly bulk?: boolean
  /** Empty without configuration set. */
  readonly configurationSetName: string
  /** The identity that authorised From; its key signs. */
  readonly identityName: string
  readonly acceptedAt: number
  readonly dueAt: number
  readonly expiresAt: number
  /** Attempts that ended with a temporary failure so far. */
  readonly attempts: number
  /** The reply that made it wait, or the empty string. */
  readonly lastReply: string
  readonly body: BodyRef
}
