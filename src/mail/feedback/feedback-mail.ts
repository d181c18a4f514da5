// The reading of one mail that came back, as the feedback door takes it.
import type { BounceClass } from '../../model/event.ts'
import type { ReplyScope } from '../classify-reply.ts'
import type { ReportedAction } from './read-delivery-status.ts'

/** What a mail that came back is. `other` is everything that speaks of no recipient: ordinary mail, success reports, not-spam and authentication reports. */
export type FeedbackKind = 'bounce' | 'complaint' | 'delayed' | 'autoreply' | 'other'

/** What is reported of one recipient. The classes are undefined where nothing failed. */
export interface ReportedRecipient {
  /** As the report has it; the empty string when a report names nobody and the token must say who it was. */
  readonly address: string
  /** The address that mail was first sent to, where the report says so. */
  readonly originalRecipient?: string
  readonly action: ReportedAction | undefined
  readonly status: string | undefined
  readonly diagnosticCode: string | undefined
  readonly bounceType: BounceClass['bounceType'] | undefined
  readonly bounceSubType: BounceClass['bounceSubType'] | undefined
  readonly scope: ReplyScope | undefined
}

/** What a complaint says of itself. */
export interface ReportedComplaint {
  /** RFC 5965 §7.3, lower case; undefined for a forwarded message. */
  readonly feedbackType: string | undefined
  readonly userAgent: string | undefined
  /** As written. */
  readonly arrivalDate: string | undefined
  readonly originalMailFrom: string | undefined
  readonly sourceIp: string | undefined
  readonly reportedDomain: string | undefined
  /** Complaints that the report stands for, at least 1. */
  readonly incidents: number
  /** True when a message was forwarded without a machine-readable report: only known reporters may do that. */
  readonly isForwarded: boolean
}

/** The reading of one mail. */
export interface FeedbackMail {
  readonly kind: FeedbackKind
  readonly recipients: readonly ReportedRecipient[]
  /** Only for `complaint`. */
  readonly complaint: ReportedComplaint | undefined
  /** Of any feedback report, also one that is no complaint (`not-spam`, `auth-failure`). */
  readonly feedbackType: string | undefined
  /** Token candidates without `b+`, in order of trust; the envelope recipient is the caller's affair and goes before them. */
  readonly tokens: readonly string[]
  /** Of the returned message, without its brackets. */
  readonly originalMessageId: string | undefined
  readonly reportingMta: string | undefined
  /** As the report has it, without its type: often a name with the address in brackets. */
  readonly remoteMta: string | undefined
  /** Address of From. */
  readonly from: string | undefined
  /** A whole message is attached: from a known reporter, a complaint whatever the words are. */
  readonly attachesMessage: boolean
}
