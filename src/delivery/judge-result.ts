// From the end of a transaction to the outcome of its entry: accepted, tried again, or given up. Pure.
// A 5xx is the last word on a message whatever its class says (RFC 5321 §4.2.1); the class tells how to treat the site and whom to charge.
import type { AttemptRoute, Outcome } from '../ledger/record-outcome.ts'
import { classifyReply, type ReplyClass } from '../mail/classify-reply.ts'
import type { TransactionResult } from './transaction-result.ts'

/** An outcome with the judgement that led to it, for counters. */
export interface Judged {
  readonly outcome: Outcome
  readonly class: ReplyClass | undefined
}

/** What is known of the attempt. */
export interface Attempt {
  readonly route: AttemptRoute
  readonly now: number
  /** The wait of the retry timetable for this entry's next attempt. */
  readonly retryMs: number
  /** Behind the site, as `providerOfMx` names it. */
  readonly provider: string | undefined
}

/** Judges how a transaction ended. */
export function judgeResult(result: TransactionResult, { route, now, retryMs, provider }: Attempt): Judged {
  switch (result.kind) {
    case 'accepted':
      return { outcome: { kind: 'delivered', reply: result.reply.text, route }, class: undefined }
    case 'lost': {
      const outcome: Outcome = {
        kind: 'deferred',
        reply: result.reply.text,
        status: result.reply.enhanced || '4.4.2',
        delayType: 'TransientCommunicationFailure',
        dueAt: now + retryMs,
        spent: true,
        route,
      }
      return { outcome, class: undefined }
    }
    case 'refused': {
      const reply = result.reply.text
      const judged = classifyReply(result.phase, reply, provider)
      const { status, bounce, delayType } = judged
      if (!judged.mayRetry) {
        // A loop ends the message for good and says nothing about the address.
        const spared = bounce.bounceType === 'Permanent' && judged.countsAgainstTenant !== 'hard'
        return { outcome: { kind: 'bounced', reply, status, bounce, route, ...(spared ? { aboutAddress: false } : {}) }, class: judged }
      }
      return {
        outcome: { kind: 'deferred', reply, status, delayType, dueAt: now + Math.max(retryMs, judged.retryAfterMs), spent: true, route },
        class: judged,
      }
    }
  }
}

/**
 * Whether a reply about somebody's domain means ours (the shared return path, the second signature) and so concerns all who use it.
 * Many replies greet us by our name: only without the sender's own domain in it is ours meant.
 */
export function speaksOfUs(reply: string, hostname: string, identityName: string): boolean {
  const domain = identityName.slice(identityName.lastIndexOf('@') + 1)
  const text = reply.toLowerCase()
  return text.includes(hostname) && (domain === '' || !text.includes(domain))
}
