// The main thread's line to the store thread: gathers commits into groups, keeps a bounded number under way, hands each its result,
// and starts the thread anew when it dies. Without a timer: a group is whatever came while the ones before it were written.
import { Worker } from 'node:worker_threads'
import type { Log } from '../../kit/log.ts'
import { type Change, StoreUnavailable } from '../store.ts'
import { BufferPool } from './buffer-pool.ts'
import type { EmbeddedLimits } from './limits.ts'
import { OpenGroup, type Waiter } from './open-group.ts'
import { type Figures, FlatReader, type FromThread, type GroupMessage, status, type ThreadStart } from './thread-messages.ts'

/** What the line tells its store. */
export interface LineEvents {
  /** Records that may have changed; called before their commits resolve. */
  changed(names: readonly string[]): void
  /** Segments whose files are gone. */
  segmentsGone(numbers: readonly number[]): void
  /** One group was answered. */
  groupDone(commits: number): void
}

interface Parts {
  readonly dataDir: string
  readonly limits: EmbeddedLimits
  readonly log: Log
  readonly events: LineEvents
}

/** Ends with `close`. */
export class StoreLine {
  readonly #parts: Parts
  #worker: Worker | undefined
  #state: 'starting' | 'ready' | 'down' | 'closed' = 'down'
  #waiting: OpenGroup[] = []
  #waitingCommits = 0
  #waitingBytes = 0
  readonly #underWay = new Map<number, OpenGroup>()
  #lostGroups: number[] = []
  #incarnation = 0
  #group = 0
  #flushPlanned = false
  #accepting = true
  #troubled = false
  #drained: (() => void) | undefined
  readonly #buffers = new BufferPool()
  #figures: Figures = { queueLength: 0, lastPosition: 0, queueId: 0, goneSegments: [] }

  private constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Starts the thread; resolves when the data directory is recovered. @throws the reason why it cannot be used. */
  static async start(parts: Parts): Promise<StoreLine> {
    const line = new StoreLine(parts)
    await line.#startThread()
    return line
  }

  /** As of the newest answer. */
  get figures(): Figures {
    return this.#figures
  }

  /** The running thread, for tests that end it. */
  get worker(): Worker | undefined {
    return this.#worker
  }

  /** Takes a commit into the next group. Faults of the caller (no JSON) are thrown; everything else reaches the waiter. */
  commit(changes: readonly Change[], now: number, waiter: Waiter): void {
    const group = this.#gathering(waiter)
    if (!group) return
    const before = group.bodyBytes
    group.addChanges(changes, now, waiter)
    this.#took(group.bodyBytes - before)
  }

  /** Takes an operation of the engine's own into the next group. */
  operate(values: readonly (string | number)[], durable: boolean, waiter: Waiter): void {
    const group = this.#gathering(waiter)
    if (!group) return
    group.addOperation(values, durable, waiter)
    this.#took(0)
  }

  /** Ends what is under way, then the thread. Repeatable. */
  async close(queueId: number): Promise<void> {
    if (this.#state === 'closed') return
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve
    })
    const usable = this.#state !== 'down'
    this.#accepting = false
    if (!usable) this.#failWaiting(new StoreUnavailable('the store is closed'))
    this.#noteDrained()
    if (usable) await drained
    this.#state = 'closed'
    const worker = this.#worker
    if (!worker) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage({ kind: 'close', queueId })
    await ended
  }

  #gathering(waiter: Waiter): OpenGroup | undefined {
    const { limits } = this.#parts
    if (!this.#accepting) {
      waiter.failed(new StoreUnavailable('the store is closed'))
      return undefined
    }
    if (this.#waitingCommits >= limits.pendingCommitsMax || this.#waitingBytes >= limits.pendingBytesMax) {
      waiter.failed(new StoreUnavailable('too many commits wait for the disk'))
      return undefined
    }
    const last = this.#waiting.at(-1)
    if (last && last.waiters.length < limits.groupCommitsMax && last.bodyBytes < limits.groupBytesMax) return last
    const next = new OpenGroup()
    this.#waiting.push(next)
    return next
  }

  #took(bytes: number): void {
    this.#waitingCommits++
    this.#waitingBytes += bytes
    if (this.#flushPlanned) return
    this.#flushPlanned = true
    // Behind everything the current turn still commits.
    setImmediate(() => {
      this.#flushPlanned = false
      if (this.#state === 'down') void this.#startThread().catch(() => {})
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#state !== 'ready') return
    while (this.#underWay.size < this.#parts.limits.groupsInFlight) {
      const next = this.#waiting.shift()
      if (!next) return
      if (next.waiters.length === 0) continue // Its only commit was no JSON.
      this.#waitingCommits -= next.waiters.length
      this.#waitingBytes -= next.bodyBytes
      const message: GroupMessage = next.seal(++this.#group, this.#buffers.take(next.bufferBytes))
      this.#underWay.set(message.group, next)
      this.#worker?.postMessage(message, message.bytes ? [message.bytes] : [])
    }
  }

  #startThread(): Promise<void> {
    this.#state = 'starting'
    const { dataDir, limits } = this.#parts
    const again = this.#incarnation > 0 ? { again: { incarnation: this.#incarnation, lostGroups: this.#lostGroups } } : {}
    const worker = new Worker(new URL('./store-thread.ts', import.meta.url), { name: 'store', workerData: { dataDir, limits, ...again } satisfies ThreadStart })
    this.#worker = worker
    return new Promise((resolve, reject) => {
      let reason: unknown
      worker.on('error', (fault) => {
        reason = fault
      })
      worker.on('message', (message: FromThread) => {
        switch (message.kind) {
          case 'ready':
            this.#incarnation = message.incarnation
            this.#lostGroups = []
            this.#troubled = false
            this.#state = 'ready'
            this.#note(message.figures)
            resolve()
            this.#flush()
            return
          case 'failed':
            reason = new Error(message.text, { cause: message.fault })
            return
          case 'answer':
            this.#answer(message)
            return
          case 'log':
            this.#parts.log[message.level](message.facts, message.text)
            return
        }
      })
      worker.on('exit', () => {
        this.#worker = undefined
        if (this.#state === 'closed') return
        const wasReady = this.#state === 'ready'
        this.#state = 'down'
        reject(reason ?? new Error('the store thread ended'))
        if (this.#incarnation > 0) this.#threadDied(reason, wasReady)
      })
    })
  }

  // What was under way may or may not be on disk: nobody was told, so the callers try again.
  #threadDied(reason: unknown, wasReady: boolean): void {
    if (!this.#troubled) this.#parts.log.error({ err: String(reason ?? 'unknown') }, wasReady ? 'the store thread died' : 'the store thread cannot start')
    this.#troubled = !wasReady
    const lost = [...this.#underWay.values()]
    this.#lostGroups = [...this.#lostGroups, ...this.#underWay.keys()]
    this.#underWay.clear()
    // A thread that cannot even start is tried again by the next commit, not in a loop.
    if (!wasReady) this.#failWaiting(new StoreUnavailable('the store thread cannot start', { cause: reason }))
    for (const group of lost) this.#parts.events.changed(group.touched)
    for (const group of lost) for (const waiter of group.waiters) waiter.failed(new StoreUnavailable('the store thread died', { cause: reason }))
    if (wasReady) this.#startThread().catch(() => {})
    this.#noteDrained()
  }

  #failWaiting(fault: StoreUnavailable): void {
    const groups = this.#waiting
    this.#waiting = []
    this.#waitingCommits = 0
    this.#waitingBytes = 0
    for (const group of groups) for (const waiter of group.waiters) waiter.failed(fault)
  }

  #answer(message: FromThread & { kind: 'answer' }): void {
    const group = this.#underWay.get(message.group)
    if (message.bytes) this.#buffers.put(message.bytes)
    if (!group) return
    this.#underWay.delete(message.group)
    this.#flush()
    this.#note(message.figures)
    this.#parts.events.changed(group.touched)
    this.#parts.events.groupDone(group.waiters.length)
    const results = new FlatReader(message.results)
    for (const waiter of group.waiters) settle(waiter, results)
    this.#noteDrained()
  }

  #note(figures: Figures): void {
    this.#figures = figures
    if (figures.goneSegments.length > 0) this.#parts.events.segmentsGone(figures.goneSegments)
  }

  #noteDrained(): void {
    if (this.#drained && this.#underWay.size === 0 && this.#waiting.every((group) => group.waiters.length === 0)) this.#drained()
  }
}

function settle(waiter: Waiter, results: FlatReader): void {
  switch (results.number()) {
    case status.committed:
      waiter.committed(results.take(results.number()))
      return
    case status.conflict:
      waiter.conflict({ collection: results.text(), key: results.text() })
      return
    case status.unavailable:
      waiter.failed(new StoreUnavailable(results.text()))
      return
    default:
      waiter.failed(new Error(results.text()))
  }
}
