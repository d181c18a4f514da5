// From the end of a transaction to the outcome of its entry: accepted, tried again, or given up. Pure.
import type { AttemptRoute, Outcome } from '../ledger/record-outcome.ts'
import { classifyReply, type ReplyClass } from './classify-reply.ts'
import type { TransactionResult } from './connection.ts'
import { askedDelayMsMax } from './limits.ts'

/** An outcome with the judgement that led to it, for counters. */
export interface Judged {
  readonly outcome: Outcome
  readonly class: ReplyClass | undefined
}

/** @param retryMs the wait of the retry timetable for this entry's next attempt. */
export function judgeResult(result: TransactionResult, route: AttemptRoute, now: number, retryMs: number): Judged {
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
      const judged = classifyReply(result.phase, result.reply)
      const { status, bounce, delayType } = judged
      const reply = result.reply.text
      if (!judged.retry) return { outcome: { kind: 'bounced', reply, status, bounce, route }, class: judged }
      return {
        outcome: { kind: 'deferred', reply, status, delayType, dueAt: now + Math.max(retryMs, askedDelayMs(reply)), spent: true, route },
        class: judged,
      }
    }
  }
}

/** The wait that a reply names ("Greylisted for 5 minutes", "try again in 300 seconds"), with ten seconds on top; 0 when it names none. */
export function askedDelayMs(text: string): number {
  const match = /(?:greylist\w*|graylist\w*|retry|try again|wait|back)\D{0,40}?(\d{1,5})\s*(s|sec|second|m|min|minute)s?\b/i.exec(text)
  if (!match) return 0
  const unitMs = /^m/i.test(match[2] ?? '') ? 60_000 : 1_000
  return Math.min(Number(match[1]) * unitMs + 10_000, askedDelayMsMax)
}
