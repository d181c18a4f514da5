// What replies mean, as data: the generic rows. Rows of single providers go in front with `provider`.
// A row matches when all it names matches. Order matters: the first wins. Source: smtp-replies.tsv, deliverability.md §3.3.
import type { BounceClass } from '../model/event.ts'
import type { DelayType } from '../ledger/record-outcome.ts'

/** What a reply speaks about: whom the failure is to be charged to. */
export type ReplyScope = 'recipient' | 'message' | 'content' | 'tenant-domain' | 'ip' | 'infra'

/** Where in the dialogue the reply came. */
export type ReplyPhase = 'connect' | 'banner' | 'ehlo' | 'starttls' | 'mail' | 'rcpt' | 'data' | 'dot'

/** One row. */
export interface ReplyRule {
  readonly provider?: string
  /** Tested against the text behind the code, lower case. */
  readonly text?: RegExp
  /** Tested against the enhanced code. */
  readonly enhanced?: RegExp
  /** Only these kinds of code. */
  readonly codes?: '4xx' | '5xx'
  readonly phases?: readonly ReplyPhase[]
  readonly bounceType: BounceClass['bounceType']
  readonly bounceSubType: BounceClass['bounceSubType']
  readonly scope: ReplyScope
  /** DELIVERY_DELAY's type when it is temporary. */
  readonly delayType: DelayType
}

/** Text rows: words beat codes, because many enhanced codes lie. */
export const textRules: readonly ReplyRule[] = [
  // Our own word: TLS is required and cannot be had.
  { phases: ['starttls'], codes: '4xx', bounceType: 'Transient', bounceSubType: 'General', scope: 'infra', delayType: 'TransientCommunicationFailure' },
  {
    text: /greylist|graylist|grey-list|address verification in progress|unverified address/,
    codes: '4xx',
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'infra',
    delayType: 'RecipientServerError',
  },
  {
    text: /(mailbox|inbox|account|user|recipient|storage|maildir)[^.]{0,40}(is )?(full|over ?quota|exceeded)|over ?quota|quota (is )?(exceeded|full)|exceed\w* (its |the |his )?(storage|mailbox|quota|disk)|insufficient (system )?storage for|mailbox full|out of storage/,
    bounceType: 'Transient',
    bounceSubType: 'MailboxFull',
    scope: 'recipient',
    delayType: 'MailboxFull',
  },
  {
    text: /sender address rejected|domain of sender|sender domain|sender (address )?.*null mx|sender verify fail/,
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'tenant-domain',
    delayType: 'General',
  },
  {
    text: /spf.{0,20}(check )?fail|dkim.{0,20}(fail|not pass)|dmarc|authentication (checks|failure|required)|unauthenticated (e-?mail|sender|mail)|not authenticated/,
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'tenant-domain',
    delayType: 'General',
  },
  {
    text: /block(ed)? (using|by|list)|black ?list|block ?list|rbl|dnsbl|spamhaus|spamcop|barracudacentral|listed (at|in|by|on) |poor reputation|ip reputation|(client|your) (host|ip)( address)?.{0,40}(reject|block|denied|deny)|reverse dns|ptr record/,
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'ip',
    delayType: 'IPFailure',
  },
  {
    text: /(message|mail|size|content).{0,30}(too (large|big|long)|exceeds? (the )?(fixed |maximum |max |size )?(limit|size|maximum))|size limit exceed|message size/,
    bounceType: 'Transient',
    bounceSubType: 'MessageTooLarge',
    scope: 'message',
    delayType: 'General',
  },
  {
    text: /attachment|file type|\.(exe|zip|js|bat|scr)\b|executable/,
    codes: '5xx',
    bounceType: 'Transient',
    bounceSubType: 'AttachmentRejected',
    scope: 'content',
    delayType: 'SpamDetected',
  },
  {
    text: /virus|infected|malware|\bspam\b|junk mail|phish|unsolicited|content (rejected|filter|policy|blocked)|because of (its|the) content|message content|looks like spam|suspicious (content|url|link)/,
    bounceType: 'Transient',
    bounceSubType: 'ContentRejected',
    scope: 'content',
    delayType: 'SpamDetected',
  },
  {
    text: /(user|mailbox|recipient|address|account|alias)\b.{0,60}(unknown|not (found|exist|known|valid|listed|local)|(does|do|did)(n't| not) exist|invalid|no longer|disabled|inactive|unavailable$|rejected: (user|undeliverable))|(unknown|no such|invalid|non-?existent|bad|undeliverable) (user|mailbox|recipient|address|account|local|destination)|no mailbox|not a (valid|known) (user|mailbox|recipient)|user doesn't/,
    codes: '5xx',
    bounceType: 'Permanent',
    bounceSubType: 'NoEmail',
    scope: 'recipient',
    delayType: 'General',
  },
  {
    text: /relay(ing)? (access )?(denied|not (permitted|allowed))|unable to relay|we do not relay/,
    codes: '5xx',
    bounceType: 'Permanent',
    bounceSubType: 'General',
    scope: 'recipient',
    delayType: 'General',
  },
  {
    text: /too many (connections|messages|recipients|errors)|rate limit|rate.?limited|temporarily deferred|throttl|connection limit|server busy|too busy/,
    codes: '4xx',
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'ip',
    delayType: 'IPFailure',
  },
]

/** Enhanced code rows, asked when no words were understood. */
export const codeRules: readonly ReplyRule[] = [
  // 4.1.1 is "not verified yet": retried, never hard (deliverability.md §3.3 step 5).
  {
    enhanced: /^4\.1\.\d+$/,
    codes: '4xx',
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'recipient',
    delayType: 'RecipientServerError',
  },
  {
    enhanced: /^5\.1\.(1|2|3|6|10)$/,
    codes: '5xx',
    bounceType: 'Permanent',
    bounceSubType: 'NoEmail',
    scope: 'recipient',
    delayType: 'General',
  },
  { enhanced: /^5\.1\.(7|8)$/, codes: '5xx', bounceType: 'Transient', bounceSubType: 'General', scope: 'tenant-domain', delayType: 'General' },
  { enhanced: /^5\.2\.1$/, codes: '5xx', bounceType: 'Permanent', bounceSubType: 'General', scope: 'recipient', delayType: 'General' },
  { enhanced: /^[45]\.2\.2$/, bounceType: 'Transient', bounceSubType: 'MailboxFull', scope: 'recipient', delayType: 'MailboxFull' },
  { enhanced: /^[45]\.(2\.3|3\.4)$/, bounceType: 'Transient', bounceSubType: 'MessageTooLarge', scope: 'message', delayType: 'General' },
  { enhanced: /^5\.6\.\d+$/, bounceType: 'Transient', bounceSubType: 'ContentRejected', scope: 'message', delayType: 'SpamDetected' },
  {
    enhanced: /^[45]\.7\.(2[0-7]|5|7|9|3[0-2]|40|509|515)$/,
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'tenant-domain',
    delayType: 'General',
  },
  {
    enhanced: /^4\.4\.\d+$/,
    codes: '4xx',
    bounceType: 'Transient',
    bounceSubType: 'General',
    scope: 'infra',
    delayType: 'TransientCommunicationFailure',
  },
  { enhanced: /^4\.7\.\d+$/, codes: '4xx', bounceType: 'Transient', bounceSubType: 'General', scope: 'ip', delayType: 'IPFailure' },
  {
    enhanced: /^5\.7\.\d+$/,
    codes: '5xx',
    phases: ['data', 'dot'],
    bounceType: 'Transient',
    bounceSubType: 'ContentRejected',
    scope: 'content',
    delayType: 'SpamDetected',
  },
]

/** What remains: code and phase alone. */
export const phaseRules: readonly ReplyRule[] = [
  { codes: '4xx', bounceType: 'Transient', bounceSubType: 'General', scope: 'infra', delayType: 'RecipientServerError' },
  { codes: '5xx', phases: ['rcpt'], bounceType: 'Permanent', bounceSubType: 'General', scope: 'recipient', delayType: 'General' },
  // A refused MAIL speaks of our sender or address, not of the recipient.
  { codes: '5xx', phases: ['mail'], bounceType: 'Transient', bounceSubType: 'General', scope: 'tenant-domain', delayType: 'General' },
  // After DATA the address is not proven bad.
  { codes: '5xx', bounceType: 'Undetermined', bounceSubType: 'Undetermined', scope: 'message', delayType: 'Undetermined' },
]
