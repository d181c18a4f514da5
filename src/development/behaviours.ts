// What the far server does for which recipient: the local part says it, so that a test or a person can try every kind of answer.
// `+label` behind the name is ignored, so that many recipients can share one behaviour. Other local parts are accepted.
// "The first N times" counts per message and recipient; the message is known by ENVID, else by its envelope sender.
import { replyWaitSecondsMax } from './limits.ts'

/** What happens to one recipient. `times`: how many attempts of one message feel it; afterwards the recipient is accepted. */
export type Behaviour =
  | { readonly kind: 'accept' }
  /** A reply to RCPT; `close` ends the connection with it. */
  | { readonly kind: 'reply-to-rcpt'; readonly reply: string; readonly times: number; readonly close?: boolean }
  /** A reply to the final dot; the message is not kept. */
  | { readonly kind: 'reply-to-dot'; readonly reply: string; readonly times: number }
  /** The connection closes after the final dot without a reply; the message is kept or not. */
  | { readonly kind: 'drop'; readonly keep: boolean; readonly times: number }
  /** The reply to the final dot comes late. */
  | { readonly kind: 'wait'; readonly waitMs: number }

/** One row for people. `N` stands for a number. */
export interface BehaviourRow {
  readonly name: string
  readonly effect: string
}

const always = Number.POSITIVE_INFINITY
const accept: Behaviour = { kind: 'accept' }

const rows: (BehaviourRow & { of(n: number): Behaviour })[] = [
  {
    name: 'tempfail-N',
    effect: 'Answers RCPT with 451 4.2.1 the first N times, then accepts.',
    of: (n) => ({ kind: 'reply-to-rcpt', reply: '451 4.2.1 Mailbox is busy, try again later', times: n }),
  },
  {
    name: 'tempfail',
    effect: 'Always answers RCPT with 451 4.2.1.',
    of: () => ({ kind: 'reply-to-rcpt', reply: '451 4.2.1 Mailbox is busy, try again later', times: always }),
  },
  {
    name: 'greylist',
    effect: 'Answers RCPT with 451 4.7.1 Greylisted the first time, then accepts.',
    of: () => ({ kind: 'reply-to-rcpt', reply: '451 4.7.1 Greylisted, please try again later', times: 1 }),
  },
  {
    name: 'busy',
    effect: 'Answers RCPT with 421 4.3.2 and closes the connection.',
    of: () => ({ kind: 'reply-to-rcpt', reply: '421 4.3.2 Service not available, closing connection', times: always, close: true }),
  },
  {
    name: 'reject-mailbox',
    effect: 'Answers RCPT with 550 5.1.1: no such mailbox.',
    of: () => ({ kind: 'reply-to-rcpt', reply: '550 5.1.1 No such mailbox here', times: always }),
  },
  {
    name: 'full',
    effect: 'Answers RCPT with 552 5.2.2: the mailbox is full.',
    of: () => ({ kind: 'reply-to-rcpt', reply: '552 5.2.2 Mailbox is full', times: always }),
  },
  {
    name: 'reject-content',
    effect: 'Answers the final dot with 554 5.7.1: the content is refused.',
    of: () => ({ kind: 'reply-to-dot', reply: '554 5.7.1 Message refused because of its content', times: always }),
  },
  {
    name: 'defer-content',
    effect: 'Answers the final dot with 451 4.7.1 the first time, then accepts.',
    of: () => ({ kind: 'reply-to-dot', reply: '451 4.7.1 Message deferred because of its content', times: 1 }),
  },
  {
    name: 'drop-after-data',
    effect: 'Closes after the final dot without a reply the first time and does not keep the message; then accepts.',
    of: () => ({ kind: 'drop', keep: false, times: 1 }),
  },
  {
    name: 'drop-after-accept',
    effect: 'Keeps the message and closes after the final dot without a reply the first time; then accepts, so the message arrives twice.',
    of: () => ({ kind: 'drop', keep: true, times: 1 }),
  },
  { name: 'slow', effect: 'Accepts, but answers the final dot after 5 seconds.', of: () => ({ kind: 'wait', waitMs: 5_000 }) },
  {
    name: 'wait-N',
    effect: `Accepts, but answers the final dot after N seconds (at most ${replyWaitSecondsMax}).`,
    of: (n) => ({ kind: 'wait', waitMs: Math.min(n, replyWaitSecondsMax) * 1_000 }),
  },
]

/** Every behaviour, for documents and the console. */
export const farBehaviours: readonly BehaviourRow[] = rows.map(({ name, effect }) => ({ name, effect }))

const byName = new Map(rows.map((row) => [row.name, row]))

/** The behaviour that the local part of `recipient` asks for, upper or lower case. */
export function behaviourOf(recipient: string): Behaviour {
  const match = /^([a-z]+(?:-[a-z]+)*)(-\d{1,6})?(?:\+[^@]*)?@/i.exec(recipient)
  if (!match?.[1]) return accept
  const row = byName.get(match[2] ? `${match[1].toLowerCase()}-N` : match[1].toLowerCase())
  return row ? row.of(Number(match[2]?.slice(1) ?? 0)) : accept
}
