// One line of `bulkhead replies explain`: reads a question about a reply and answers with the judgement. Pure, so that it needs no service.
import { classifyReply, type ReplyPhase } from './classify-reply.ts'
import { providerNamed, providerOfMx } from './mailbox-provider.ts'

/** The answer, or why there is none. */
export type ReplyExplanation =
  | {
      readonly bounceType: string
      readonly bounceSubType: string
      readonly retry: string
      readonly scope: string
      readonly countsAgainstTenant: string
      readonly rule: string
      /** As rules name it; absent when nobody knows it. */
      readonly provider?: string
      readonly delayType: string
      readonly status: string
      /** Absent when the reply names no wait. */
      readonly retryAfterMs?: number
    }
  | { readonly error: string }

// Words for phases as logs and other programs write them, without blanks and signs.
const phases = new Map<string, ReplyPhase>(
  Object.entries({
    connect: 'connect connection dial dns local route',
    banner: 'banner greeting initial helogreeting',
    ehlo: 'ehlo helo lhlo',
    starttls: 'starttls tls',
    mail: 'mail mailfrom envelopefrom sender from',
    rcpt: 'rcpt rcptto recipient to envelopeto',
    data: 'data datacommand',
    dot: 'dot enddata endofdata eod eom endofmessage final finaldot afterdata body bdat content message datadot',
    'async-dsn': 'asyncdsn async dsn bounce ndr report remote',
  } satisfies Record<ReplyPhase, string>).flatMap(([phase, names]) => names.split(' ').map((name) => [name, phase as ReplyPhase] as const)),
)

/** @param line JSON text: `{"provider"?, "mx"?, "phase", "reply"}`. Never throws. */
export function explainReply(line: string): ReplyExplanation {
  let question: unknown
  try {
    question = JSON.parse(line)
  } catch {
    return { error: 'This line is not JSON.' }
  }
  if (typeof question !== 'object' || question === null || Array.isArray(question)) return { error: 'This line is not a JSON object.' }
  const { provider, mx, phase, reply } = question as Record<string, unknown>
  const text = isTexts(reply) ? reply.join('\n') : reply
  if (typeof text !== 'string' || text.trim() === '') return { error: 'The member reply must be the text of a reply.' }
  if (!isAbsent(provider) && typeof provider !== 'string') return { error: 'The member provider must be text.' }
  const hosts = isAbsent(mx) ? [] : typeof mx === 'string' ? mx.split(/[\s,;]+/).filter((host) => host !== '') : mx
  if (!isTexts(hosts)) return { error: 'The member mx must be the name of a mail exchanger, or a list of names.' }
  // Nobody says when: as after DATA, where nothing proves an address bad.
  const when = isAbsent(phase) ? 'dot' : typeof phase === 'string' ? phases.get(phase.toLowerCase().replace(/[^a-z]/g, '')) : undefined
  if (when === undefined) return { error: 'The member phase must be one of connect, banner, ehlo, starttls, mail, rcpt, data, dot and async-dsn.' }
  const known = (provider === 'local' ? 'local' : provider ? providerNamed(provider) : undefined) ?? providerOfMx(hosts)
  const { bounce, retry, scope, countsAgainstTenant, rule, delayType, status, retryAfterMs } = classifyReply(when, text, known)
  return {
    ...bounce,
    retry,
    scope,
    countsAgainstTenant,
    rule,
    ...(known === undefined ? {} : { provider: known }),
    delayType,
    status,
    ...(retryAfterMs === 0 ? {} : { retryAfterMs }),
  }
}

function isAbsent(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || value === ''
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
