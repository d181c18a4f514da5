// What one session knows between two commands, and what a command may use. Commands are functions of these; sockets are session.ts's matter.
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import type { Submission } from '../model/message.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Authenticator, Credential } from './credentials.ts'
import type { HeldBytes } from './data-reader.ts'
import type { FailureCounts } from './failure-counts.ts'
import type { SmtpLimits } from './limits.ts'
import type { SmtpMetrics } from './smtp-metrics.ts'

/** A mail transaction that MAIL opened. RFC 5321 §3.3. */
export interface Envelope {
  readonly sender: string
  readonly recipients: string[]
}

/** The state of one session. */
export interface Conversation {
  readonly remoteIp: string
  /** For example `TLSv1.3`; undefined without TLS. */
  tlsVersion: string | undefined
  greeted: boolean
  credential: Credential | undefined
  envelope: Envelope | undefined
  /** Unknown commands, bad syntax, wrong order; the session slows down and then ends. */
  mistakes: number
  authFailures: number
  /** What the next bytes are; `tls` and `end` take effect when the reply is on its way. */
  next: 'command' | 'challenge' | 'body' | 'tls' | 'end'
  /** Takes the line that answers a 334. */
  answerChallenge: ((line: string) => string | Promise<string>) | undefined
}

/** What all sessions of a door share. */
export interface Door {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: SmtpMetrics
  readonly hostname: string
  readonly limits: SmtpLimits
  readonly requireTlsForAuth: boolean
  readonly authenticator: Authenticator
  readonly failures: FailureCounts
  readonly memory: HeldBytes
  readonly acceptMessage: (submission: Submission) => Promise<{ messageId: string } | Refusal>
}

/** One SMTP command: changes the conversation, answers the whole reply with its CRLF. Throwing means a fault of ours. */
export type Command = (conversation: Conversation, argument: string, door: Door) => string | Promise<string>

/** A reply to something the client should not have done. */
export function mistake(conversation: Conversation, text: string): string {
  conversation.mistakes += 1
  return `${text}\r\n`
}

/** Forgets the mail transaction. */
export function resetTransaction(conversation: Conversation): void {
  conversation.envelope = undefined
}

/** Whether a password may cross this connection: under TLS, or, where the operator relaxed it, on the machine itself. */
export function mayAuthenticate(conversation: Conversation, door: Door): boolean {
  return conversation.tlsVersion !== undefined || (!door.requireTlsForAuth && isLoopback(conversation.remoteIp))
}

function isLoopback(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.')
}
