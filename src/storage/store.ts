// The store port: records of resources, spool and queue, event log. One atomic commit covers all of them.
// Engines decide nothing; rules about records live in resources/ and ledger/.
import type { BodyRef, QueueEntry } from '../model/message.ts'
import type { EventRow, EventType, LoggedEvent, MailFacts } from '../model/event.ts'

/** A named set of records with one value type; keys are ordered by their UTF-8 bytes. Made with `collection`. */
export interface Collection<T extends object> {
  readonly name: string
  /** Carries the type only; never present. */
  readonly valueType?: T
}

/** Names a collection. Kebab-case, singular. */
export function collection<T extends object>(name: string): Collection<T> {
  return { name }
}

/** Joins key parts that must sort as a tuple; parts never hold U+0000. */
export function compositeKey(...parts: string[]): string {
  return parts.join('\0')
}

/** A record as read: treat `value` as immutable, it may be shared. */
export interface Stored<T> {
  readonly key: string
  readonly value: T
  /** Rises with every write of this key; for `expect`. */
  readonly version: number
}

/** The message part of an acceptance; all recipients share its bytes. */
export interface SpooledMessage {
  readonly messageId: string
  /** Wire bytes: CRLF, 7-bit, no signature. The engine does not change or keep the buffer. */
  readonly bytes: Uint8Array
  readonly mail: MailFacts
}

/** A queue entry before the spool has given its bytes a place. */
export type NewQueueEntry = Omit<QueueEntry, 'body'>

/** One step of a commit. */
export type Change =
  /** Writes a record. `expect`: 'absent', or the version that was read; otherwise last writer wins. */
  | { readonly type: 'put'; readonly collection: Collection<object>; readonly key: string; readonly value: object; readonly expect?: 'absent' | number }
  /** Removes a record. `expect`: 'present', or the version that was read; otherwise removing nothing is fine. */
  | { readonly type: 'remove'; readonly collection: Collection<object>; readonly key: string; readonly expect?: 'present' | number }
  /** Makes no change; the commit fails with a conflict unless the record is as expected. For check-then-write. */
  | { readonly type: 'require'; readonly collection: Collection<object>; readonly key: string; readonly expect: 'present' | 'absent' | number }
  /** Spools a message and queues its recipients. Leased: this process delivers them now; else they wait for `claim`. */
  | { readonly type: 'accept'; readonly message: SpooledMessage; readonly entries: readonly NewQueueEntry[]; readonly leased: boolean }
  /** Ends a queue entry. Ending one that is gone is a conflict-free no-op. */
  | { readonly type: 'finish'; readonly id: number }
  /** Puts a leased entry back to wait. */
  | { readonly type: 'requeue'; readonly id: number; readonly dueAt: number; readonly attempts: number; readonly lastReply: string }
  /** Appends to the event log. */
  | { readonly type: 'event'; readonly event: EventRow }

/** What became of a commit. A conflict leaves no trace of any of its changes. */
export type CommitResult =
  | { readonly committed: true /** Per `accept` change of the commit, in order: where the bytes lie. */; readonly bodies: readonly BodyRef[] }
  | { readonly committed: false; readonly conflict: { readonly collection: string; readonly key: string } }

/** The engine could not write (disk full, read-only, database away). Nothing of the commit was written. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/** The bytes at a body reference do not match their checksum or are gone: set the message aside, never guess. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable'
}

/** A tenant's mail of one class; the lanes of a tenant are in the order transactional, bulk. */
export interface Lane {
  readonly tenantName: string
  readonly bulk: boolean
}

/** A place in the order in which a lane's entries are claimed. */
export interface QueuePlace {
  readonly dueAt: number
  readonly id: number
}

/** Some mail of a lane, by the domain of the recipient. */
export interface ClaimAmong {
  readonly tenantName: string
  readonly bulk: boolean
  readonly now: number
  readonly limit: number
  readonly domains: readonly string[]
  /** `these`: only mail for the domains; `others`: only the rest. */
  readonly take: 'these' | 'others'
  /** Only behind this place; undefined from the start. */
  readonly after: QueuePlace | undefined
}

/** What waits in one lane. */
export interface WaitingLane extends Lane {
  /** Entries that are due and not leased; exact up to 1,000, then "at least". */
  readonly dueCount: number
}

/** Which events to read. */
export interface EventQuery {
  /** Only events behind this position; 0 from the start. */
  readonly after: number
  /** 1 … 1,000. */
  readonly limit: number
  readonly tenantName?: string
  readonly messageId?: string
  readonly types?: readonly EventType[]
}

/** The port. All methods may reject with StoreUnavailable. */
export interface Store {
  /** Reads one record; hot keys come from memory. Sees every commit that has resolved. */
  get<T extends object>(collection: Collection<T>, key: string): Promise<Stored<T> | undefined>

  /**
   * Reads records in key order.
   * @param range `after` excludes that key and everything before it; `prefix` bounds both ends; `limit` 1 … 1,000.
   */
  list<T extends object>(collection: Collection<T>, range: { after?: string; prefix?: string; limit: number }): Promise<Stored<T>[]>

  /**
   * Writes all changes or none. Durable when it resolves with `committed: true`: a kill -9 or power loss the next instant keeps it.
   * Calls that arrive while a commit runs share the next group, in order.
   * @throws StoreUnavailable nothing was written; answer 503 or 451, or try again later.
   */
  commit(changes: readonly Change[]): Promise<CommitResult>

  /** The next queue id; never blocks, never repeats, rises. */
  mintQueueId(): number

  /**
   * Reads the wire bytes of a message from the spool and proves their checksum.
   * @throws BodyUnreadable when they do not match.
   */
  readBody(body: BodyRef): Promise<Buffer>

  /** Takes up to `limit` due, unleased entries of one lane (`bulk` absent: the transactional one), oldest due first, and leases them to this process. */
  claim(request: { tenantName: string; bulk?: boolean; now: number; limit: number }): Promise<QueueEntry[]>

  /**
   * The same for a part of the lane. Looks at a bounded number of entries: `next` is the place to go on from, undefined when the end was reached.
   */
  claimAmong(request: ClaimAmong): Promise<{ entries: QueueEntry[]; next: QueuePlace | undefined }>

  /** Lanes that have due, unleased entries, in name order behind `after`. */
  waitingLanes(request: { now: number; after?: Lane; limit: number }): Promise<WaitingLane[]>

  /** The earliest `dueAt` of all unleased entries, or undefined when none waits. */
  nextDueAt(): Promise<number | undefined>

  /** Entries for people to look at, by id behind `after`; leased ones included. */
  listQueue(request: { tenantName?: string; messageId?: string; after?: number; limit: number }): Promise<{ entry: QueueEntry; leased: boolean }[]>

  /** How many entries the queue holds, leased ones included; kept, not counted. */
  queueLength(): number

  /** Reads the event log in order. */
  events(query: EventQuery): Promise<LoggedEvent[]>

  /** The position of the newest event; 0 when there is none. */
  lastEventPosition(): Promise<number>

  /** What is known of a message, by its id; undefined when it never was, or was forgotten. */
  facts(messageId: string): Promise<MailFacts | undefined>

  /**
   * Forgets events older than `before` and facts of finished messages older than `factsBefore`, in small steps. Facts stay while an event or
   * the queue needs them.
   * @param factsBefore `before` when left out.
   */
  prune(before: number, factsBefore?: number): Promise<void>

  /** Ends running commits, then lets go of files. Commits after this reject. */
  close(): Promise<void>
}
