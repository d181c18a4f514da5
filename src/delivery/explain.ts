// Why is this message waiting? The answer of the queue listing, from the same judgements the road uses.
import type { QueueEntry } from '../model/message.ts'
import { type Gate, isOrphan } from './gate.ts'

/** State and reason of a queue entry (own-wire.ts `QueueItem`). */
export interface QueueExplanation {
  readonly state: 'WAITING' | 'DUE' | 'ACTIVE' | 'HELD'
  readonly reason: string
  /** When the limit or the hold ends that keeps it, where one does and is known. */
  readonly until?: number
}

/** @param suspension the back-off of the entry's site, when it is known and in force. */
export async function explainEntry(
  entry: QueueEntry,
  leased: boolean,
  {
    now,
    gate,
    suspension,
    provider,
    warming = () => undefined,
    shaping,
  }: {
    now: number
    gate: Pick<Gate, 'find'>
    suspension: (entry: QueueEntry) => { until: number } | undefined
    /** The mailbox provider of the entry's destination, when it is known. */
    provider: (entry: QueueEntry) => string | undefined
    /** Why it waits while the addresses of its pool are warming up; undefined: they have no caps. */
    warming?: (entry: QueueEntry) => string | undefined
    /** What shaping keeps of it: everything to its destination, or its tenant's mail there. */
    shaping: (entry: QueueEntry) => { until: number; why: string } | undefined
  },
): Promise<QueueExplanation> {
  const verdict = await gate.find(entry)
  if (verdict.hold !== undefined) return { state: 'HELD', reason: verdict.hold }
  if (isOrphan(verdict, entry)) return { state: 'HELD', reason: 'Its tenant was deleted while it was paused: it stays until it expires.' }
  const reached = entry.dueAt <= now || leased ? verdict.meter?.reached(provider(entry), now) : undefined
  if (reached)
    return {
      state: leased ? 'ACTIVE' : 'WAITING',
      reason: `Its tenant's limit of ${reached.limit} is used up until ${new Date(reached.until).toISOString()}.`,
      until: reached.until,
    }
  const held = shaping(entry)
  if (held) {
    const to = provider(entry) ?? entry.domain
    return {
      state: 'WAITING',
      reason: `Replies of ${to} ask for less (${held.why}): nothing goes there from this address until ${new Date(held.until).toISOString()}.`,
      until: held.until,
    }
  }
  if (leased) return { state: 'ACTIVE', reason: 'The delivery road has it: it is being sent or is next in line.' }
  if (entry.dueAt > now) {
    const wait = suspension(entry) ? 'The destination could not be reached; the next attempt is timed for all its mail.' : 'The last attempt failed for now.'
    // Mail that no server put off waits for nothing else.
    const room = entry.lastReply === '' ? warming(entry) : undefined
    if (room !== undefined) return { state: 'WAITING', reason: room }
    return { state: 'WAITING', reason: entry.lastReply === '' ? 'It is not due yet.' : `${wait} Last reply: ${entry.lastReply}` }
  }
  return { state: 'DUE', reason: 'It may go; the mail of its tenant that came before it is on the way.' }
}
