// What travels between the main thread and the store thread. A group is one flat list of numbers and strings and one transferred buffer:
// cloning a flat list costs a fraction of cloning the objects it stands for.
import type { Change, NewQueueEntry } from '../store.ts'
import type { EmbeddedLimits } from './limits.ts'

/** What the thread is started with. */
export interface ThreadStart {
  readonly dataDir: string
  readonly limits: EmbeddedLimits
  /** Set when the thread is started again in the same process: leases of this incarnation stay, except those of lost groups. */
  readonly again?: { readonly incarnation: number; readonly lostGroups: readonly number[] }
}

/**
 * One group for the thread. `ops`: per commit how many changes, how many bodies, whether it expects something (0, 1) and how many values
 * follow; then the changes. `bytes`: for each body room for a header, then the body; then an end mark of zeros; what lies behind does not count.
 */
export interface GroupMessage {
  readonly kind: 'group'
  readonly group: number
  readonly commits: number
  readonly ops: readonly (string | number)[]
  readonly bytes: ArrayBuffer | undefined
  readonly bodyLengths: readonly number[]
  /** False for a group that a power loss may forget. */
  readonly durable: boolean
}

/** Ends the thread after everything before it. */
export interface CloseMessage {
  readonly kind: 'close'
  readonly queueId: number
}

/** The thread's figures after a group. */
export interface Figures {
  readonly queueLength: number
  readonly lastPosition: number
  readonly queueId: number
  /** Segments whose files are gone since the last answer. */
  readonly goneSegments: readonly number[]
}

/** What the thread says. `results`: per commit a status and what belongs to it. */
export type FromThread =
  | { readonly kind: 'ready'; readonly incarnation: number; readonly figures: Figures }
  | { readonly kind: 'failed'; readonly text: string; readonly fault: unknown }
  | {
      readonly kind: 'answer'
      readonly group: number
      readonly results: readonly (string | number)[]
      readonly figures: Figures /** The group's buffer comes back. */
      readonly bytes: ArrayBuffer | undefined
    }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly facts: Record<string, unknown>; readonly text: string }

/** First number of a commit's result. */
export const status = { committed: 0, conflict: 1, unavailable: 2, fault: 3 } as const

/** First number of a change. */
export const op = { put: 1, remove: 2, require: 3, accept: 4, finish: 5, requeue: 6, event: 7, claim: 8, prune: 9, claimAmong: 10 } as const

/** `expect` as a number. Versions begin at 1. */
export const expectation = { none: -1, absent: 0, present: -2 } as const

/** Appends one change to a group's flat list; bodies are listed apart. Throws when a value is no JSON. */
export function encodeChange(change: Change, now: number, ops: (string | number)[], bodies: Uint8Array[]): void {
  switch (change.type) {
    case 'put':
      ops.push(op.put, change.collection.name, change.key, JSON.stringify(change.value), expected(change.expect))
      return
    case 'remove':
      ops.push(op.remove, change.collection.name, change.key, expected(change.expect))
      return
    case 'require':
      ops.push(op.require, change.collection.name, change.key, expected(change.expect))
      return
    case 'accept':
      ops.push(op.accept, change.message.messageId, JSON.stringify(change.message.mail), now, change.leased ? 1 : 0, change.entries.length)
      for (const entry of change.entries) encodeEntry(entry, ops)
      bodies.push(change.message.bytes)
      return
    case 'finish':
      ops.push(op.finish, change.id)
      return
    case 'requeue':
      ops.push(op.requeue, change.id, change.dueAt, change.attempts, change.lastReply)
      return
    case 'event': {
      const { event } = change
      ops.push(op.event, event.at, event.type, event.messageId, event.tenantName, event.configurationSetName, event.id)
      ops.push(JSON.stringify(event.detail), JSON.stringify(event.tags))
      return
    }
  }
}

function encodeEntry(entry: NewQueueEntry, ops: (string | number)[]): void {
  ops.push(entry.id, entry.tenantName, entry.dueAt, entry.recipientIndex, entry.acceptedAt, entry.expiresAt, entry.attempts)
  ops.push(entry.recipient, entry.domain, entry.configurationSetName, entry.identityName, entry.lastReply, entry.bulk ? 1 : 0)
}

function expected(expect: 'absent' | 'present' | number | undefined): number {
  return typeof expect === 'number' ? expect : expectation[expect ?? 'none']
}

/** Reads a flat list from front to back; the order is the writer's, so a wrong type is a fault of ours. */
export class FlatReader {
  readonly #values: readonly (string | number)[]
  #at = 0

  constructor(values: readonly (string | number)[]) {
    this.#values = values
  }

  get position(): number {
    return this.#at
  }

  /** Goes back to (or on to) a position that `position` gave. */
  seek(position: number): void {
    this.#at = position
  }

  number(): number {
    const value = this.#values[this.#at++]
    if (typeof value !== 'number') throw new Error('the store thread messages are out of step')
    return value
  }

  text(): string {
    const value = this.#values[this.#at++]
    if (typeof value !== 'string') throw new Error('the store thread messages are out of step')
    return value
  }

  /** The next `count` values. */
  take(count: number): readonly (string | number)[] {
    const values = this.#values.slice(this.#at, this.#at + count)
    this.#at += count
    return values
  }
}
