// How a transaction, and how a whole connection, can end.
import type { ReplyPhase } from '../mail/classify-reply.ts'
import type { SmtpReply } from '../mail/replies.ts'
import type { TlsFailure } from './transport/session-rule.ts'

/** What became of one transaction that the far side had to do with. */
export type TransactionResult =
  | { readonly kind: 'accepted'; readonly reply: SmtpReply /** From the final dot to the reply. */; readonly replyMs: number }
  | { readonly kind: 'refused'; readonly phase: ReplyPhase; readonly reply: SmtpReply }
  /** The connection died; after the final dot nobody knows whether the message was taken. */
  | { readonly kind: 'lost'; readonly reply: SmtpReply; readonly afterDot: boolean }

/** The far side did not look at it: another connection may take it at once. */
export interface Unsent {
  readonly kind: 'unsent'
  readonly reply: SmtpReply
}

/** How a connection ended. */
export interface ConnectionEnd {
  /** False when it never came to carry a message. */
  readonly established: boolean
  readonly phase: ReplyPhase
  /** The refusal or fault in the form of a reply. */
  readonly reply: SmtpReply
  /** The TLS handshake failed. */
  readonly tlsBroken: boolean
  /** The greeting came, so that it counts as a session. */
  readonly greeted: boolean
  /** The far side ended it of its own will between messages. */
  readonly closedByPeer: boolean
  /** What its rule demands and it did not prove. */
  readonly failure: TlsFailure | undefined
}
