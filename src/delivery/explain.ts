// Why is this message waiting? The answer of the queue listing, from the same judgements the road uses.
import type { QueueEntry } from '../model/message.ts'
import { type Gate, isOrphan } from './gate.ts'

/** State and reason of a queue entry (own-wire.ts `QueueItem`). */
export interface QueueExplanation {
  readonly state: 'WAITING' | 'DUE' | 'ACTIVE' | 'HELD'
  readonly reason: string
  /** When the limit or the hold ends that keeps it, where one does and is known. */
  readonly until?: number
  /** Where it waits. */
  readonly place?: QueuePlace
}

/** The pool and the destination of an entry; undefined where there is none, or nobody looked it up lately. */
export interface QueuePlace {
  readonly poolName: string | undefined
  /** Our address that it leaves by, unless that has no room. */
  readonly address: string | undefined
  readonly provider: string | undefined
  /** Names of its mail exchangers. */
  readonly hosts: readonly string[]
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
    rate = () => undefined,
    crowded = () => false,
  }: {
    now: number
    gate: Pick<Gate, 'known' | 'find'>
    suspension: (entry: QueueEntry) => { until: number } | undefined
    /** The mailbox provider of the entry's destination, when it is known. */
    provider: (entry: QueueEntry) => string | undefined
    /** Why it waits while the addresses of its pool are warming up; undefined: they have no caps. */
    warming?: (entry: QueueEntry) => string | undefined
    /** What shaping keeps of it: everything to its destination, or its tenant's mail there. */
    shaping: (entry: QueueEntry) => { until: number; why: string } | undefined
    /** What spreads the mail from its address to its destination over time. */
    rate?: (entry: QueueEntry) => { perMinute: number; why: string } | undefined
    /** Its destination takes mail more slowly than it comes. */
    crowded?: (entry: QueueEntry) => boolean
  },
): Promise<QueueExplanation> {
  const verdict = gate.known(entry) ?? (await gate.find(entry))
  if (verdict.hold !== undefined) return { state: 'HELD', reason: verdict.hold }
  if (isOrphan(verdict, entry)) return { state: 'HELD', reason: 'Its tenant was deleted while it was paused: it stays until it expires.' }
  const putOff = entry.dueAt > now && !leased
  const reached = verdict.meter?.reached(provider(entry), now)
  // Mail that a server put off waits for its next attempt, unless the limit lasts longer.
  if (reached && (!putOff || entry.lastReply === '' || reached.until > entry.dueAt))
    return {
      state: leased ? 'ACTIVE' : 'WAITING',
      reason: `Its tenant's limit of ${reached.limit} is used up until ${new Date(reached.until).toISOString()}.`,
      until: reached.until,
    }
  const held = shaping(entry)
  const to = provider(entry) ?? entry.domain
  if (held) {
    return {
      state: 'WAITING',
      reason: `Replies of ${to} ask for less (${held.why}): nothing goes there from this address until ${new Date(held.until).toISOString()}.`,
      until: held.until,
    }
  }
  const spread = rate(entry)
  const paced = spread && `Mail from this address to ${to} leaves at ${spread.perMinute} a minute (${spread.why})`
  if (leased) {
    return { state: 'ACTIVE', reason: paced ? `${paced}; it is among the next.` : 'The delivery road has it: it is being sent or is next in line.' }
  }
  if (putOff) {
    const wait = suspension(entry) ? 'The destination could not be reached; the next attempt is timed for all its mail.' : 'The last attempt failed for now.'
    if (entry.lastReply !== '') return { state: 'WAITING', reason: `${wait} Last reply: ${entry.lastReply}` }
    // Mail that no server put off waits for nothing else.
    const room = warming(entry)
    if (room !== undefined) return { state: 'WAITING', reason: room }
    return { state: 'WAITING', reason: paced ? `${paced}; this is its turn among what waits.` : notTried }
  }
  if (!paced && crowded(entry)) return { state: 'DUE', reason: `${to} takes mail more slowly than it comes; what came before it is on the way.` }
  return { state: 'DUE', reason: paced ? `${paced}; more of it waits before.` : 'It may go; the mail of its tenant that came before it is on the way.' }
}

/** A limit that is gone, or a record that could not be read. */
const notTried = 'It was not tried yet: something kept it back, and then it is looked at again.'
