// A group that still gathers commits on the main thread. Each commit is encoded once, straight into the group's flat list.
import type { Change } from '../store.ts'
import { cacheName } from './record-cache.ts'
import { recordHeaderBytes } from './segment-record.ts'
import { encodeChange, type GroupMessage } from './thread-messages.ts'

/** Who waits for the result of one commit. */
export interface Waiter {
  /** `values` belong to a committed result: places of bodies, claimed rows. */
  committed(values: readonly (string | number)[]): void
  conflict(conflict: { collection: string; key: string }): void
  failed(fault: Error): void
}

/** Commits on their way to one group. */
export class OpenGroup {
  readonly waiters: Waiter[] = []
  /** Names of cached records that these commits change. */
  readonly touched: string[] = []
  bodyBytes = 0
  readonly #ops: (string | number)[] = []
  readonly #bodies: Uint8Array[] = []
  #durable = false

  /** Adds a commit of changes. @throws when a value is no JSON; the group is as before then. */
  addChanges(changes: readonly Change[], now: number, waiter: Waiter): void {
    const opsBefore = this.#ops.length
    const bodiesBefore = this.#bodies.length
    let expects = 0
    try {
      this.#ops.push(changes.length, 0, 0, 0)
      for (const change of changes) {
        encodeChange(change, now, this.#ops, this.#bodies)
        if (change.type === 'require' || ((change.type === 'put' || change.type === 'remove') && change.expect !== undefined)) expects = 1
      }
    } catch (fault) {
      this.#ops.length = opsBefore
      this.#bodies.length = bodiesBefore
      throw fault
    }
    this.#ops[opsBefore + 1] = this.#bodies.length - bodiesBefore
    this.#ops[opsBefore + 2] = expects
    this.#ops[opsBefore + 3] = this.#ops.length - opsBefore - 4
    for (let index = bodiesBefore; index < this.#bodies.length; index++) this.bodyBytes += recordHeaderBytes + (this.#bodies[index]?.length ?? 0)
    for (const change of changes) if (change.type === 'put' || change.type === 'remove') this.touched.push(cacheName(change.collection.name, change.key))
    this.waiters.push(waiter)
    this.#durable = true
  }

  /** Adds an operation of the engine's own (claim, prune) as a commit of its own. */
  addOperation(values: readonly (string | number)[], durable: boolean, waiter: Waiter): void {
    this.#ops.push(1, 0, 0, values.length, ...values)
    this.waiters.push(waiter)
    if (durable) this.#durable = true
  }

  /** Bytes of the buffer that `seal` needs; 0 without bodies. */
  get bufferBytes(): number {
    return this.#bodies.length > 0 ? this.bodyBytes + recordHeaderBytes : 0
  }

  /** The message for the thread. Copies each body once, into `bytes`, which is given away with it; what the buffer held before does not matter. */
  seal(group: number, bytes: ArrayBuffer | undefined): GroupMessage {
    if (bytes) {
      const target = new Uint8Array(bytes)
      let at = 0
      for (const body of this.#bodies) {
        target.set(body, at + recordHeaderBytes)
        at += recordHeaderBytes + body.length
      }
      target.fill(0, at, at + recordHeaderBytes) // the end mark
    }
    return {
      kind: 'group',
      group,
      commits: this.waiters.length,
      ops: this.#ops,
      bytes,
      bodyLengths: this.#bodies.map((body) => body.length),
      durable: this.#durable,
    }
  }
}
