// What a simulated mailbox provider is made of, as data: who it is in the DNS, what it bears, and its own words for each refusal.
// Figures follow what senders know of the real ones (deliverability.md §2), words follow smtp-replies.tsv. A test may change any figure by a spread.
// Leaves to whom: when a situation holds is provider-model.ts's affair; sockets are provider-server.ts's.
import type { ReplyPhase, ReplyScope, RetryClass } from '../../../src/mail/classify-reply.ts'

/** Why a provider refuses. A profile that has no words for one does not know the situation. */
export type Situation =
  | 'too-many-connections'
  | 'connection-used-up'
  | 'ip-blocked'
  | 'ip-rate'
  | 'ip-rate-hard'
  | 'ip-rate-final'
  | 'mail-from-rate'
  | 'dkim-rate'
  | 'message-id-rate'
  | 'domain-reputation'
  | 'no-ptr'
  | 'bad-helo'
  | 'no-tls'
  | 'unauthenticated'
  | 'no-dkim'
  | 'no-dmarc'
  | 'mixed-domains'
  | 'unknown-user'
  | 'disabled-user'
  | 'mailbox-full'
  | 'greylisted'
  | 'too-large'
  | 'content'

/** When a provider may speak. */
export type ProviderPhase = Extract<ReplyPhase, 'banner' | 'mail' | 'rcpt' | 'dot'>

/** Its words, and what a sender is to make of them. */
export interface ProviderReply {
  /** Whole lines with codes; `{ip}`, `{sender}`, `{from-domain}`, `{dkim-domain}`, `{recipient}`, `{helo}`, `{seconds}` are filled in. A 421 closes. */
  readonly text: string
  readonly phase: ProviderPhase
  /** The row of smtp-replies.tsv: a test holds our classifier against it. */
  readonly retry: RetryClass
  readonly scope: ReplyScope
}

/** What it wants to see before it takes mail; judged only in a world that has a SenderDns. */
export type Proof = 'ptr' | 'helo' | 'spf-or-dkim' | 'spf' | 'dkim' | 'dmarc'

/** How it speaks TLS. `broken`: it offers STARTTLS and cannot. */
export type ProviderTls = 'required' | 'offered' | 'none' | 'broken'

/** What happens to who is over a limit. */
export interface Penalty {
  /** So long everything of that subject is refused. */
  readonly ms: number
  /** Gmail: what comes inside the pause is a violation and starts the pause anew. Others only refuse. */
  readonly strict: boolean
  /** After a pause one connection, and one more for each such step. */
  readonly stepMs?: number
  /** Refusals within one penalty after which the harder and the last words come; each takes `factor` times as long. */
  readonly escalation?: { readonly hardAfter: number; readonly finalAfter: number; readonly factor: number }
}

/** One provider. */
export interface ProviderProfile {
  readonly name: string
  /** As `providerOfMx` names it; undefined: nobody in particular. */
  readonly provider: string | undefined
  readonly banner: string
  /** Recipient domains with their MX records, `[host, preference]`. Hosts that share a site or a suffix roll up as in reality. */
  readonly domains: Readonly<Record<string, readonly (readonly [host: string, preference: number])[]>>
  /** Hosts that have an address where nobody listens. */
  readonly deadHosts: readonly string[]
  /** Hosts without an address. */
  readonly lostHosts: readonly string[]
  readonly sizeBytesMax: number
  /** At the same time from one address: to all hosts together, or to each site (set of exchangers). */
  readonly connections: { readonly perIp: number; readonly of: 'provider' | 'site' }
  /** `beyond`: what comes behind the last: words at the next MAIL, or a silent close. */
  readonly messagesPerConnection: { readonly max: number; readonly beyond: 'reply' | 'close' }
  /** Accepted messages within a window; Infinity: no such limit. Half of it for a subject of low reputation. */
  readonly quota: {
    readonly windowMs: number
    readonly perIp: number
    readonly perDkimDomain: number
    readonly perMailFromDomain: number
    readonly perMessageId: number
  }
  /** A new address may bring so many in its first day, later `growth` times the best of its days. */
  readonly newIp: { readonly perDay: number; readonly growth: number }
  readonly penalty: Penalty
  /** Scores go from 0 to 100 and begin at 50. */
  readonly reputation: { readonly slowBelow: number; readonly blockBelow: number }
  readonly greylist: { readonly waitMs: number; readonly passesUntilTrusted: number } | undefined
  readonly tls: ProviderTls
  readonly demands: readonly Proof[]
  /** Before each reply; a tarpit within the limits of RFC 5321. */
  readonly replyMs: number
  readonly replies: Readonly<Partial<Record<Situation, ProviderReply>>>
}

const unlimited = Number.POSITIVE_INFINITY

/** A provider that takes everything; profiles say what they do not bear. */
export const lenient: Omit<ProviderProfile, 'name' | 'provider' | 'banner' | 'domains'> = {
  deadHosts: [],
  lostHosts: [],
  sizeBytesMax: 25_000_000,
  connections: { perIp: unlimited, of: 'provider' },
  messagesPerConnection: { max: unlimited, beyond: 'reply' },
  quota: { windowMs: 60_000, perIp: unlimited, perDkimDomain: unlimited, perMailFromDomain: unlimited, perMessageId: unlimited },
  newIp: { perDay: unlimited, growth: 2 },
  penalty: { ms: 600_000, strict: false },
  reputation: { slowBelow: 30, blockBelow: 10 },
  greylist: undefined,
  tls: 'offered',
  demands: [],
  replyMs: 0,
  replies: {},
}

/** A reply of one or more lines; the enhanced code may be left empty, as many do. */
export function words(code: number, enhanced: string, ...lines: readonly string[]): string {
  const start = enhanced === '' ? '' : `${enhanced} `
  return lines.map((line, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${start}${line}`).join('\r\n')
}
