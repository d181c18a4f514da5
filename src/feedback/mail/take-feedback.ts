// From the bytes of a mail that came back to what changes: read it, find the token that holds, ask who reports when nobody vouches for it by
// the address, and record. Whatever has no valid token changes nothing and is counted.
// Order of attribution (deliverability.md §3.6): the token in the envelope recipient, ENVID, fields of the returned message. A recipient and
// a time alone never count.
// Leaves to whom: what a report says is mail/feedback/, what it changes ledger/record-feedback.ts.
import type { Clock } from '../../kit/clock.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { Random } from '../../kit/random.ts'
import { decideFeedback, type FeedbackSubject, findFeedbackSubject } from '../../ledger/record-feedback.ts'
import { type FeedbackMail, readFeedback } from '../../mail/feedback/read-feedback.ts'
import type { ReturnPathTokens } from '../../mail/return-path.ts'
import { parseArn } from '../../model/arn.ts'
import { isRefusal } from '../../model/refusal.ts'
import { simulatorMailbox } from '../../model/simulator.ts'
import { commitDecision } from '../../resources/commit-record.ts'
import { type Store, StoreUnavailable } from '../../storage/store.ts'
import { lateFeedback } from './late-feedback.ts'
import type { ReporterProof } from './verify-reporter.ts'

/** How a mail came: at a return path (`subject` undefined: of no message that we know), at an address for complaints, from the operator's files. */
export type FeedbackRoad =
  | { readonly kind: 'return-path'; readonly subject: FeedbackSubject | undefined }
  | { readonly kind: 'reports' }
  | { readonly kind: 'import' /** The operator vouches for complaints. */; readonly trusted: boolean }

/** What became of it; the first four changed something. */
export type FeedbackResult =
  | 'bounce'
  | 'complaint'
  | 'delay'
  | 'not-spam'
  | 'duplicate'
  | 'autoreply'
  | 'other'
  | 'unknown-message'
  | 'forged'
  | 'expired'
  | 'no-token'
  /** A complaint of nobody on the list. */
  | 'unknown-reporter'
  /** The reporter's key could not be looked up: the same mail may count later. */
  | 'unclear-reporter'

/** The result, and the message when a token named one. */
export interface TakenFeedback {
  readonly result: FeedbackResult
  readonly subject: FeedbackSubject | undefined
}

/** Takes one mail along one or several roads; what it answers is durable. @throws StoreUnavailable nothing of that road was written. */
export type TakeFeedback = (bytes: Buffer, roads: readonly FeedbackRoad[]) => Promise<readonly TakenFeedback[]>

interface Parts {
  readonly store: Pick<Store, 'get' | 'events' | 'facts' | 'commit'>
  readonly clock: Clock
  readonly random: Pick<Random, 'uuid'>
  readonly metrics: Pick<Metrics, 'counter'>
  readonly hostname: string
  readonly tokens: Pick<ReturnPathTokens, 'judge'>
  readonly proveReporter: (bytes: Buffer) => Promise<ReporterProof>
}

/** Makes it. */
export function createFeedbackTaker(parts: Parts): TakeFeedback {
  const counter = parts.metrics.counter('bulkhead_feedback_total', 'Mail that came back, by the road it came and what became of it.', ['road', 'result'])
  return async (bytes, roads) => {
    const mail = await readFeedback(bytes)
    let proof: Promise<ReporterProof> | undefined
    const prove = () => {
      proof ??= parts.proveReporter(bytes)
      return proof
    }
    const taken: TakenFeedback[] = []
    for (const road of roads) {
      const one = await take(parts, mail, road, prove)
      counter.inc({ road: road.kind, result: one.result })
      taken.push(one)
    }
    return taken
  }
}

async function take(parts: Parts, given: FeedbackMail, road: FeedbackRoad, prove: () => Promise<ReporterProof>): Promise<TakenFeedback> {
  const told = (result: FeedbackResult, subject?: FeedbackSubject): TakenFeedback => ({ result, subject })
  const unvouched = await judgeReporter(given, road, prove)
  if (unvouched) return told(unvouched)
  // From a reporter on the list a message that is passed on is a complaint, whatever stands beside it.
  const mail: FeedbackMail = road.kind === 'reports' && isPassedOn(given) ? { ...given, kind: 'complaint' } : given
  const silent = mail.kind === 'autoreply' || (mail.kind === 'other' && mail.feedbackType !== 'not-spam') ? mail.kind : undefined
  const found = road.kind === 'return-path' ? road.subject : await findByToken(parts, mail)
  if (silent) return told(silent, typeof found === 'object' ? found : undefined)
  if (typeof found === 'string') return told(found)
  if (!found) return told('unknown-message')
  const late = lateFeedback(mail, found.recipient, simulatorMailbox(found.recipient, parts.hostname) !== undefined)
  if (!late) return told('other', found)
  const { store, clock, random, hostname } = parts
  const decided = await commitDecision(store, () => decideFeedback(store, found, late, { now: clock.now(), uuid: () => random.uuid(), hostname }))
  if (isRefusal(decided)) throw new StoreUnavailable('others changed the suppression list in every round')
  return told(decided === 'recorded' ? late.kind : decided === 'duplicate' ? 'duplicate' : 'other', found)
}

/** Why a report counts for nothing; undefined when its origin does not matter or is proved. */
async function judgeReporter(mail: FeedbackMail, road: FeedbackRoad, prove: () => Promise<ReporterProof>): Promise<FeedbackResult | undefined> {
  const isComplaint = mail.kind === 'complaint' || mail.feedbackType === 'not-spam'
  switch (road.kind) {
    case 'return-path':
      // Who writes there knows the token. A message that is passed on without a report is anybody's letter all the same.
      if (!mail.complaint?.isForwarded) return undefined
      break
    case 'import':
      if (road.trusted || !isComplaint) return undefined
      break
    case 'reports':
      // Bounces go to return paths; at an address for complaints they are somebody's mistake.
      if (!isComplaint && !isPassedOn(mail)) return mail.kind === 'autoreply' ? 'autoreply' : 'other'
  }
  const proof = await prove()
  if (proof.kind === 'unclear') return 'unclear-reporter'
  return proof.kind === 'proved' ? undefined : isComplaint ? 'unknown-reporter' : 'other'
}

function isPassedOn({ kind, attachesMessage, feedbackType }: FeedbackMail): boolean {
  return kind === 'other' && attachesMessage && feedbackType === undefined
}

/** The first token that holds, in order of trust; otherwise the worst of what was found. */
async function findByToken(
  { store, tokens, clock }: Pick<Parts, 'store' | 'tokens' | 'clock'>,
  mail: FeedbackMail,
): Promise<FeedbackSubject | undefined | 'forged' | 'expired' | 'no-token'> {
  let worst: 'forged' | 'expired' | 'no-token' = 'no-token'
  for (const candidate of mail.tokens) {
    const token = tokens.judge(localPartOf(candidate), clock.now())
    if (typeof token !== 'string') {
      const subject = await findFeedbackSubject(store, token)
      return subject && parseArn(subject.mail.sourceArn) ? subject : undefined
    }
    if (token === 'forged' || (token === 'expired' && worst === 'no-token')) worst = token
  }
  return worst
}

/** Candidates may stand with domain and brackets. */
function localPartOf(candidate: string): string {
  const bare = candidate.trim().replace(/^<|>$/g, '')
  const at = bare.lastIndexOf('@')
  return at < 0 ? bare : bare.slice(0, at)
}
