// What a reply that is no success means for the recipient, whom it concerns, and what another attempt needs. Pure; the knowledge is in reply-rules/.
// Order (deliverability.md §3.3): the provider's own words, words of all others that cannot be mistaken, general words, enhanced code,
// code and phase. Unknown means temporary, and a refusal before RCPT is never a hard bounce.
import type { BounceClass, DelayType } from '../model/event.ts'
import { askedDelayMs } from './asked-delay.ts'
import { type PlainReply, plainReply } from './normalise-reply.ts'
import * as sets from './reply-rules/index.ts'
import type { ReplyPhase, ReplyRule, ReplyScope, ReplyVerdict, RetryClass, RuleSet, TenantCharge } from './reply-rules/rule.ts'

export type { ReplyPhase, ReplyScope, RetryClass, TenantCharge } from './reply-rules/rule.ts'

/** The judgement on one reply. */
export interface ReplyClass {
  readonly bounce: BounceClass
  /** What another attempt needs. A 5xx may be `slow` or `alt-ip`: it ends this message and still says how to treat the site. */
  readonly retry: RetryClass
  /** False when the far side has spoken its last word on this message. */
  readonly mayRetry: boolean
  readonly scope: ReplyScope
  readonly countsAgainstTenant: TenantCharge
  readonly delayType: DelayType
  /** RFC 3463 status for the event: the reply's own, or one that fits the class. */
  readonly status: string
  /** Name of the rule that decided. */
  readonly rule: string
  /** The wait that the reply asks for; 0 when it names none. */
  readonly retryAfterMs: number
}

type Kind = '4xx' | '5xx'

const general = [
  sets.anyTime,
  sets.anySender,
  sets.anyBlock,
  sets.anyMailboxState,
  sets.anyMessage,
  sets.anyMailbox,
  sets.anyPolicy,
  sets.byEnhanced,
  sets.byPhase,
]
const particular: readonly RuleSet[] = Object.values(sets).filter((set) => !general.includes(set))
const ordered = new Map<string, readonly ReplyRule[]>()

/**
 * Judges a reply that is no success.
 * @param source code and text, as the server gave it or a report quotes it.
 * @param provider as `providerOfMx` names it; left out when nobody knows it.
 */
export function classifyReply(phase: ReplyPhase, source: string, provider?: string): ReplyClass {
  const reply = plainReply(source)
  const kind = kindOf(reply)
  const at = phase === 'async-dsn' ? quotedPhase(reply.text) : phase
  const rule = rulesFor(provider, kind).find((candidate) => fits(candidate, at, reply))
  return judgement(rule, kind, at, reply)
}

/** Every rule, in the order in which it is asked when no provider is known; for the reference page. */
export function allReplyRules(): readonly ReplyRule[] {
  return [...particular, ...general].flatMap(({ rules }) => rules)
}

/** A report without a code is as final as the digit of its status. */
function kindOf({ code, enhanced }: PlainReply): Kind {
  if (code >= 500) return '5xx'
  if (code >= 400) return '4xx'
  return enhanced.startsWith('4') || code !== 0 ? '4xx' : '5xx'
}

/** Reports often say which command was refused. */
function quotedPhase(text: string): ReplyPhase {
  if (/in reply to (?:the )?rcpt|after rcpt to|rcpt to:/.test(text)) return 'rcpt'
  if (/in reply to (?:the )?mail from|after mail from/.test(text)) return 'mail'
  if (/in reply to (?:the )?end of data|after end of data|end of message/.test(text)) return 'dot'
  return 'async-dsn'
}

function rulesFor(provider: string | undefined, kind: Kind): readonly ReplyRule[] {
  const known = particular.some((set) => set.provider !== undefined && set.provider === provider) ? (provider ?? '') : ''
  const key = `${kind} ${known}`
  let rules = ordered.get(key)
  if (!rules) {
    const own = particular.filter((set) => known !== '' && set.provider === known)
    const others = particular.filter((set) => !own.includes(set)).flatMap((set) => set.rules.filter((rule) => !rule.own))
    rules = [...own.flatMap((set) => set.rules), ...others, ...general.flatMap((set) => set.rules)].filter(({ codes }) => codes === undefined || codes === kind)
    ordered.set(key, rules)
  }
  return rules
}

function fits(rule: ReplyRule, phase: ReplyPhase, { code, enhanced, text }: PlainReply): boolean {
  if (rule.code && !rule.code.includes(code)) return false
  if (rule.phases && !rule.phases.includes(phase)) return false
  // Nothing that is said before a recipient was named can be about the recipient; only our own word on DNS is.
  if (rule.means.scope === 'recipient' && isBeforeRecipient(phase)) return false
  if (rule.enhanced && !rule.enhanced.test(enhanced)) return false
  return rule.text === undefined || rule.text.test(text)
}

function isBeforeRecipient(phase: ReplyPhase): boolean {
  return phase === 'banner' || phase === 'ehlo' || phase === 'starttls' || phase === 'mail'
}

function judgement(rule: ReplyRule | undefined, kind: Kind, phase: ReplyPhase, { code, enhanced, text }: PlainReply): ReplyClass {
  // A code that is neither success nor a known failure is not proof of anything: try again.
  const then = rule?.means ?? unknownVerdict
  const temporary = kind === '4xx'
  const soft = temporary && then.bounceType !== 'Transient'
  const bounce: BounceClass = soft ? { bounceType: 'Transient', bounceSubType: 'General' } : { bounceType: then.bounceType, bounceSubType: then.bounceSubType }
  const reported = phase === 'async-dsn'
  const ends = isEnd(kind, phase, code)
  const retry = reported ? 'no' : retryOf(then, temporary, ends)
  return {
    bounce,
    retry,
    mayRetry: !reported && !ends,
    scope: then.scope,
    countsAgainstTenant: temporary && then.charge === 'hard' ? 'none' : then.charge,
    delayType: delayTypeOf(then, soft),
    status: enhanced !== '' ? enhanced : fallbackStatus(kind, bounce),
    rule: rule?.name ?? 'unknown',
    retryAfterMs: askedDelayMs(text),
  }
}

const unknownVerdict: ReplyVerdict = {
  bounceType: 'Undetermined',
  bounceSubType: 'Undetermined',
  retry: 'yes',
  charge: 'none',
  scope: 'infra',
  delayType: 'Undetermined',
}

/** RFC 5321 §4.2.1: 5xx ends it. A refused greeting ends nothing but the connection, and without a code nothing was refused. */
function isEnd(kind: Kind, phase: ReplyPhase, code: number): boolean {
  return kind === '5xx' && code !== 0 && phase !== 'connect' && phase !== 'banner' && phase !== 'ehlo' && phase !== 'starttls'
}

/** A verdict is written for a 5xx. On a 4xx nothing is final, and what was blocked is tried slowly. */
function retryOf({ retry, charge }: ReplyVerdict, temporary: boolean, ends: boolean): RetryClass {
  if (temporary) return retry === 'no' ? (charge === 'block' ? 'slow' : 'yes') : retry
  return ends && (retry === 'yes' || retry === 'conn') ? 'no' : retry
}

function delayTypeOf(then: ReplyVerdict, soft: boolean): DelayType {
  if (then.delayType) return then.delayType
  if (then.bounceSubType === 'MailboxFull') return 'MailboxFull'
  if (then.scope === 'content') return 'SpamDetected'
  if (then.scope === 'ip') return 'IPFailure'
  return soft ? 'RecipientServerError' : 'General'
}

function fallbackStatus(kind: Kind, { bounceSubType }: BounceClass): string {
  const first = kind === '5xx' ? '5' : '4'
  if (bounceSubType === 'NoEmail') return `${first}.1.1`
  if (bounceSubType === 'MailboxFull') return `${first}.2.2`
  if (bounceSubType === 'MessageTooLarge') return `${first}.3.4`
  if (bounceSubType === 'ContentRejected' || bounceSubType === 'AttachmentRejected') return `${first}.6.0`
  return `${first}.0.0`
}
