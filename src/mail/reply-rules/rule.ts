// The form of a reply rule, and the verdicts that rules share. The knowledge itself stands in the files beside this one, by who says it.
// Source of classes and scopes: deliverability.md §3. A verdict is written for a 5xx reply; what a 4xx makes of it is classify-reply.ts's affair.
import type { BounceClass, DelayType } from '../../model/event.ts'

/** What a reply speaks about: whom the failure is to be charged to. */
export type ReplyScope = 'recipient' | 'message' | 'content' | 'tenant-domain' | 'ip' | 'infra'

/** Where the reply came: in the dialogue, or later in a delivery status notification. */
export type ReplyPhase = 'connect' | 'banner' | 'ehlo' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'dot' | 'async-dsn'

/**
 * What another attempt needs: `yes` time, `slow` fewer messages and connections, `pause10` ten minutes of silence and one connection,
 * `conn` a new connection, `alt-ip` another address of ours; `no`: none can succeed.
 */
export type RetryClass = 'yes' | 'no' | 'slow' | 'pause10' | 'conn' | 'alt-ip'

/** What it is counted as for the tenant: `hard` feeds the bounce rate, `block` and `auth` findings of our own, `none` nothing. */
export type TenantCharge = 'hard' | 'block' | 'auth' | 'none'

/** What a matching rule says. */
export interface ReplyVerdict {
  readonly bounceType: BounceClass['bounceType']
  readonly bounceSubType: BounceClass['bounceSubType']
  readonly retry: RetryClass
  readonly charge: TenantCharge
  readonly scope: ReplyScope
  /** DELIVERY_DELAY's type when it does not follow from scope and subtype. */
  readonly delayType?: DelayType
}

/** One row. It matches when all it names matches; in a list the first match wins. */
export interface ReplyRule {
  /** Stable: printed by `bulkhead replies explain`, counted, and named by shaping. */
  readonly name: string
  /** Tested against the masked text (normalise-reply.ts): lower case, no accents, no addresses. */
  readonly text?: RegExp
  /** Tested against the enhanced code. */
  readonly enhanced?: RegExp
  /** Only this kind of code. A rule for `5xx` does not see a 4xx at all. */
  readonly codes?: '4xx' | '5xx'
  /** Only these codes. */
  readonly code?: readonly number[]
  readonly phases?: readonly ReplyPhase[]
  /** The words are too ordinary to mean this at anyone else: only when the provider is known. */
  readonly own?: true
  readonly means: ReplyVerdict
}

/** The rules of one provider, product or server. */
export interface RuleSet {
  /** As `mailbox-provider.ts` names it; undefined: rules for everybody. */
  readonly provider?: string
  readonly rules: readonly ReplyRule[]
}

/** The address does not exist. */
export const noEmail: ReplyVerdict = { bounceType: 'Permanent', bounceSubType: 'NoEmail', retry: 'no', charge: 'hard', scope: 'recipient' }
/** The address is of no use any more, for another reason or for none. */
export const gone: ReplyVerdict = { ...noEmail, bounceSubType: 'General' }
export const mailboxFull: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'MailboxFull', retry: 'no', charge: 'none', scope: 'recipient' }
export const tooLarge: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'MessageTooLarge', retry: 'no', charge: 'none', scope: 'message' }
/** What the message says is not wanted. */
export const content: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'ContentRejected', retry: 'no', charge: 'block', scope: 'content' }
export const attachment: ReplyVerdict = { ...content, bounceSubType: 'AttachmentRejected' }
/** How the message is built is not accepted. */
export const format: ReplyVerdict = { ...content, charge: 'none', scope: 'message' }
/** SPF, DKIM, DMARC or the DNS of the sender's domain. */
export const auth: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'General', retry: 'no', charge: 'auth', scope: 'tenant-domain' }
/** The sender's domain or address has a bad name. */
export const senderBlock: ReplyVerdict = { ...auth, charge: 'block', delayType: 'SpamDetected' }
/** Our address is blocked. */
export const ipBlock: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'General', retry: 'alt-ip', charge: 'block', scope: 'ip' }
/** Our address sends too much for its name. */
export const ipSlow: ReplyVerdict = { ...ipBlock, retry: 'slow' }
/** The recipient, or who keeps their mail, takes none of this kind or from this sender; the address is alive. */
export const declined: ReplyVerdict = { bounceType: 'Transient', bounceSubType: 'General', retry: 'no', charge: 'none', scope: 'recipient' }
/** The recipient's mailbox cannot take it just now. */
export const later: ReplyVerdict = { ...declined, retry: 'yes', delayType: 'RecipientServerError' }
/** The far system cannot just now. */
export const busy: ReplyVerdict = {
  bounceType: 'Transient',
  bounceSubType: 'General',
  retry: 'yes',
  charge: 'none',
  scope: 'infra',
  delayType: 'RecipientServerError',
}
/** Too many connections of ours. */
export const crowded: ReplyVerdict = { ...busy, retry: 'slow', delayType: 'IPFailure' }
/** This connection has carried enough. */
export const reconnect: ReplyVerdict = { ...busy, retry: 'conn' }
/** DNS, TLS, time or greeting: nobody's mail is at fault. */
export const unreachable: ReplyVerdict = { ...busy, delayType: 'TransientCommunicationFailure' }
/** Something of our machines or theirs is set up wrongly: waiting does not mend it. */
export const misconfigured: ReplyVerdict = { ...busy, retry: 'no', delayType: 'General' }
/** No reason that could be charged to anybody. */
export const undetermined: ReplyVerdict = {
  bounceType: 'Undetermined',
  bounceSubType: 'Undetermined',
  retry: 'no',
  charge: 'none',
  scope: 'message',
  delayType: 'Undetermined',
}

/** A pattern that finds any of these. */
export function words(...patterns: readonly string[]): RegExp {
  return new RegExp(patterns.join('|'))
}
