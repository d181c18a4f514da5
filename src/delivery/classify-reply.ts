// Turns a far server's reply into what it means for the recipient and whom it concerns. Pure; the knowledge is in reply-rules.ts.
// Provider words, generic words, enhanced code, then code and phase; unknown means temporary (deliverability.md §3.3).
import type { DelayType } from '../ledger/record-outcome.ts'
import type { SmtpReply } from '../mail/replies.ts'
import type { BounceClass } from '../model/event.ts'
import { codeRules, phaseRules, type ReplyPhase, type ReplyRule, type ReplyScope, textRules } from './reply-rules.ts'

/** The judgement on one reply. */
export interface ReplyClass {
  readonly retry: boolean
  readonly bounce: BounceClass
  readonly delayType: DelayType
  readonly scope: ReplyScope
  /** RFC 3463 status for the event: the reply's own, or one that fits the class. */
  readonly status: string
}

/**
 * Judges a reply that is no success.
 * @param provider name of the mailbox provider, when rules for it exist.
 */
export function classifyReply(phase: ReplyPhase, reply: SmtpReply, provider?: string): ReplyClass {
  const codes = reply.code >= 500 ? '5xx' : '4xx'
  const text = maskText(reply.text.slice(4))
  const fits = (rule: ReplyRule) =>
    (rule.provider === undefined || rule.provider === provider) &&
    (rule.codes === undefined || rule.codes === codes) &&
    (rule.phases === undefined || rule.phases.includes(phase)) &&
    (rule.text === undefined || rule.text.test(text)) &&
    (rule.enhanced === undefined || rule.enhanced.test(reply.enhanced))
  const rule = textRules.find(fits) ?? codeRules.find(fits) ?? phaseRules.find(fits)
  const bounce: BounceClass = { bounceType: rule?.bounceType ?? 'Undetermined', bounceSubType: rule?.bounceSubType ?? 'Undetermined' }
  return {
    // A code that is neither success nor a known failure is not proof of anything: try again.
    retry: codes === '4xx' || rule === undefined,
    bounce,
    delayType: rule?.delayType ?? 'Undetermined',
    scope: rule?.scope ?? 'infra',
    status: reply.enhanced !== '' ? reply.enhanced : fallbackStatus(codes, bounce),
  }
}

/** Addresses, IPs and URLs may hold words that look like reasons. */
function maskText(text: string): string {
  return text
    .toLowerCase()
    .replace(/https?:\/\/\S+/g, '<url>')
    .replace(/<?[^\s<>@]+@[^\s<>@]+>?/g, '<address>')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, '<ip>')
}

function fallbackStatus(codes: '4xx' | '5xx', { bounceSubType }: BounceClass): string {
  const kind = codes === '5xx' ? '5' : '4'
  if (bounceSubType === 'NoEmail') return `${kind}.1.1`
  if (bounceSubType === 'MailboxFull') return `${kind}.2.2`
  if (bounceSubType === 'MessageTooLarge') return `${kind}.3.4`
  if (bounceSubType === 'ContentRejected' || bounceSubType === 'AttachmentRejected') return `${kind}.6.0`
  return `${kind}.0.0`
}
