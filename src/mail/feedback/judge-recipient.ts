// Which bounce class a reported failure has: by its diagnostic code, what the text says beside the address, and its status.
// Words beat codes (deliverability.md §3.6), and what nobody understood is never proof against an address: a wrong suppression costs most.
import type { BounceClass } from '../../model/event.ts'
import { classifyReply, type ReplyScope } from '../classify-reply.ts'
import { noReasonRule } from '../reply-rules/reports.ts'
import { providerNamed, providerOf, providerOfMx, unknownProvider } from '../mailbox-provider.ts'
import { reasonCharactersMax, reasonsMax } from './limits.ts'

/** What a report says about one recipient. */
export interface Reason {
  /** The reply that the report quotes, with or without its type. */
  readonly diagnosticCode: string | undefined
  /** RFC 3463. */
  readonly status: string | undefined
  /** Text that stands beside the address, the most telling first. */
  readonly texts: readonly string[]
  readonly isDelay: boolean
  /** Host that gave the reply, for rules of its provider. */
  readonly host: string | undefined
  readonly address: string
}

/** The judgement. */
export interface ReasonClass {
  readonly bounceType: BounceClass['bounceType']
  readonly bounceSubType: BounceClass['bounceSubType']
  readonly scope: ReplyScope
}

/** Judges one recipient of a report that is no success. */
export function judgeReason(reason: Reason): ReasonClass {
  const provider = providerBehind(reason)
  const command = refusedCommand([reason.diagnosticCode ?? '', ...reason.texts])
  const sources = [reason.diagnosticCode ?? '', ...reason.texts]
    .map((text) => sourceOf(text, reason.status))
    .filter((text) => text !== '')
    .slice(0, reasonsMax)
    .map((source) => withCommand(source, command))
  if (reason.status !== undefined) sources.push(reason.status)
  let byCode: ReasonClass | undefined
  for (const source of sources) {
    const { bounce, scope, rule } = classifyReply('async-dsn', source, provider)
    const judged = { ...bounce, scope }
    if (!isByCode(rule)) return soften(judged, reason)
    // A verdict of a code that says something beats one of a code that does not.
    if (byCode === undefined || (byCode.bounceType === 'Undetermined' && bounce.bounceType !== 'Undetermined')) byCode = judged
  }
  const judged = byCode ?? { bounceType: 'Undetermined', bounceSubType: 'Undetermined', scope: 'message' }
  // No words were understood, and one of the two codes says that it may pass.
  if (judged.bounceType === 'Permanent' && reason.status?.startsWith('4')) return { bounceType: 'Transient', bounceSubType: 'General', scope: 'infra' }
  return soften(judged, reason)
}

const commands = [
  ['RCPT TO', /in reply to (?:the )?rcpt|after rcpt to|does not like recipient/i],
  ['end of DATA', /in reply to (?:the )?end of data|after end of data|failed after i sent the message/i],
  ['MAIL FROM', /in reply to (?:the )?mail from|after mail from/i],
] as const

/** What was refused: the classifier trusts a 5xx to RCPT more than one to the message. */
function refusedCommand(texts: readonly string[]): string | undefined {
  return commands.find(([, pattern]) => texts.some((text) => pattern.test(text.slice(0, reasonCharactersMax))))?.[0]
}

function withCommand(source: string, command: string | undefined): string {
  return command === undefined || commands.some(([, pattern]) => pattern.test(source)) ? source : `${source} (in reply to ${command} command)`
}

/** While it is tried again, nothing is final. */
function soften(judged: ReasonClass, { isDelay }: Reason): ReasonClass {
  return isDelay && judged.bounceType !== 'Transient'
    ? { ...judged, bounceType: 'Transient', bounceSubType: 'General', scope: judged.bounceType === 'Undetermined' ? 'infra' : judged.scope }
    : judged
}

function isByCode(rule: string): boolean {
  return rule === 'unknown' || rule === noReasonRule || rule.startsWith('code/') || rule.startsWith('phase/')
}

/** A reply as the classifier reads it: without the type in front, and with the report's status where it has no code of its own. */
function sourceOf(text: string, status: string | undefined): string {
  const bare = text
    .slice(0, reasonCharactersMax)
    .replace(/^\s*(?:x-)?[a-z][\w.-]{1,30}\s*;\s*/i, '')
    // A relay answers for another: the other's reply counts.
    .replace(/^.{0,60}remote server returned [^>]{0,60}-> ?(?=[45]\d\d[ -])/i, '')
    // qmail's last word on the connection is none on the reason.
    .replace(/\bgiving up on \S{1,100}/i, '')
    // Headlines of reports: they name the failure, not the reason.
    .replace(/\bdelivery to (?:the following )?(?:recipients?|addresse?s?)[^.:]{0,20}failed permanently\W{0,3}/i, '')
    .replace(/^\W*undeliverable (?:e-?mail )?(?:address(?:es)?|recipients?|users?)\b\W*/i, '')
    .trim()
  if (bare === '' || status === undefined) return bare
  const coded = /^["'(\s]{0,3}[245]\d\d(?:[\s-]|$)|(?:^|[\s(#])[245]\.\d{1,3}\.\d{1,3}(?!\d|\.\d)/.test(bare)
  return coded || /\b[45]\d\d[ -]/.test(bare) ? bare : `${status} ${bare}`
}

function providerBehind({ host, address }: Reason): string | undefined {
  if (host !== undefined) {
    const found = providerOfMx([host])
    if (found !== undefined) return found
  }
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  if (domain === '') return undefined
  const named = providerOf(domain)
  return named === unknownProvider ? providerOfMx([domain]) : providerNamed(named.name)
}
