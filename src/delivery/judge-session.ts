// What the end of a transaction says about the session it ran in, beside what it says about the message. Pure.
import { classifyReply } from '../mail/classify-reply.ts'
import type { TransactionResult, Unsent } from './transaction-result.ts'

/** A 421 may close over what one tenant sends: that says nothing about the site for the others. */
export function isAboutTenant({ phase, reply }: Extract<TransactionResult, { kind: 'refused' }>, provider: string | undefined): boolean {
  const { scope } = classifyReply(phase, reply.text, provider)
  return scope === 'tenant-domain' || scope === 'content'
}

/**
 * "Too many messages on this connection": the next takes the message at once. A 421 says the same by closing (`unsent`).
 * @param messages how many the connection carried before.
 */
export function isConnectionUsedUp(result: TransactionResult | Unsent, messages: number, provider: string | undefined): boolean {
  if (result.kind !== 'refused' || messages === 0 || result.reply.code >= 500 || result.reply.code === 421 || result.phase === 'dot') return false
  // Cheap first: most refusals do not speak of connections at all.
  return /connection|session|mi:dmc/i.test(result.reply.text) && classifyReply(result.phase, result.reply.text, provider).retry === 'conn'
}
