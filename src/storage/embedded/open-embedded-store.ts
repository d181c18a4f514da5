// The embedded engine: one data directory, one process, no other service. Writing belongs to the store thread; this file is the port on
// the main thread: reads are synchronous look-ups in SQLite (microseconds) or asynchronous reads of segments.
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { BodyRef, QueueEntry } from '../../model/message.ts'
import type { LoggedEvent, MailFacts } from '../../model/event.ts'
import {
  type ClaimAmong,
  type Change,
  type Collection,
  type CommitResult,
  type EventQuery,
  type Lane,
  type Store,
  type QueuePlace,
  type Stored,
  StoreUnavailable,
  type WaitingLane,
} from '../store.ts'
import { BodyReader } from './body-reader.ts'
import { DirectoryInUse, lockDirectory } from './directory-lock.ts'
import { type EventReads, type FactReads, prepareEventReads, prepareFactReads } from './event-reads.ts'
import { type EmbeddedLimits, embeddedLimits } from './limits.ts'
import { QueueIds } from './queue-ids.ts'
import { prepareQueueReads, type QueueReads } from './queue-reads.ts'
import { entryOf, entryValues } from './queue-rows.ts'
import { RecordCache } from './record-cache.ts'
import { prepareRecordReads, type RecordReads } from './record-reads.ts'
import { openReader } from './schema.ts'
import { dataFiles, makeDirectory } from './spool-files.ts'
import { StoreLine } from './store-line.ts'
import { op } from './thread-messages.ts'

/** What the engine needs. */
export interface EmbeddedStoreParts {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
  readonly metrics?: Metrics
  /** Replaces single limits; for tests and unusual machines. */
  readonly limits?: Partial<EmbeddedLimits>
}

/**
 * Opens (or creates) the data directory, recovers it and takes it for this process.
 * @throws Error when another process has it, a newer release wrote it, or it cannot be written.
 */
export async function openEmbeddedStore(parts: EmbeddedStoreParts): Promise<Store> {
  return EmbeddedStore.open(parts)
}

/** The store behind `openEmbeddedStore`; exported for its tests. */
export class EmbeddedStore implements Store {
  readonly #clock: Clock
  readonly #limits: EmbeddedLimits
  readonly #lock: { release(): void }
  readonly #cache: RecordCache
  readonly #bodies: BodyReader
  readonly #line: StoreLine
  readonly #reader: DatabaseSync
  readonly #records: RecordReads
  readonly #queue: QueueReads
  readonly #events: EventReads
  readonly #facts: FactReads
  readonly #ids: QueueIds
  #closing: Promise<void> | undefined

  private constructor(
    parts: EmbeddedStoreParts,
    opened: { limits: EmbeddedLimits; lock: { release(): void }; cache: RecordCache; bodies: BodyReader; line: StoreLine; reader: DatabaseSync },
  ) {
    this.#clock = parts.clock
    this.#limits = opened.limits
    this.#lock = opened.lock
    this.#cache = opened.cache
    this.#bodies = opened.bodies
    this.#line = opened.line
    this.#reader = opened.reader
    this.#records = prepareRecordReads(opened.reader)
    this.#queue = prepareQueueReads(opened.reader, opened.limits.scanRows)
    this.#events = prepareEventReads(opened.reader, opened.limits.scanRows)
    this.#facts = prepareFactReads(opened.reader)
    this.#ids = new QueueIds(opened.line.figures.queueId)
    parts.metrics?.gauge('bulkhead_store_queue_entries', 'Recipients in the queue, those under way included.', () => this.queueLength())
  }

  static async open(parts: EmbeddedStoreParts): Promise<EmbeddedStore> {
    try {
      return await EmbeddedStore.#openOrFail(parts)
    } catch (fault) {
      if (fault instanceof DirectoryInUse) throw fault
      // SQLite's own words do not say where.
      throw new Error(`the data directory ${parts.dataDir} cannot be used: ${fault instanceof Error ? fault.message : String(fault)}`, { cause: fault })
    }
  }

  static async #openOrFail(parts: EmbeddedStoreParts): Promise<EmbeddedStore> {
    const limits = { ...embeddedLimits, ...parts.limits }
    const files = dataFiles(parts.dataDir)
    makeDirectory(parts.dataDir)
    const lock = lockDirectory(parts.dataDir, files.lock)
    const cache = new RecordCache(limits.recordCacheEntries, limits.recordCacheCharacters)
    const bodies = new BodyReader(files.spool, limits.openSegmentsMax)
    const commits = parts.metrics?.counter('bulkhead_store_commits_total', 'Commits answered by the store thread.')
    const groups = parts.metrics?.counter('bulkhead_store_groups_total', 'Groups of commits; each is one sync of the spool and one of the database.')
    let line: StoreLine | undefined
    try {
      line = await StoreLine.start({
        dataDir: parts.dataDir,
        limits,
        log: parts.log,
        events: {
          changed: (names) => {
            for (const name of names) cache.forget(name)
          },
          segmentsGone: (numbers) => bodies.forget(numbers),
          groupDone: (count) => {
            groups?.inc()
            commits?.inc({}, count)
          },
        },
      })
      return new EmbeddedStore(parts, { limits, lock, cache, bodies, line, reader: openReader(files.database, limits) })
    } catch (fault) {
      await line?.close(0)
      lock.release()
      throw fault
    }
  }

  /** The line to the store thread, for tests. */
  get line(): StoreLine {
    return this.#line
  }

  async get<T extends object>(collection: Collection<T>, key: string): Promise<Stored<T> | undefined> {
    return this.#read(() => this.#cache.get(collection.name, key, () => this.#records.one(collection.name, key))) as Stored<T> | undefined
  }

  async list<T extends object>(collection: Collection<T>, range: { after?: string; prefix?: string; limit: number }): Promise<Stored<T>[]> {
    return this.#read(() => this.#records.list(collection.name, range)) as Stored<T>[]
  }

  commit(changes: readonly Change[]): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#line.commit(changes, this.#clock.now(), {
        committed: (values) => resolve({ committed: true, bodies: values.length > 0 ? bodyRefs(changes, values) : [] }),
        conflict: (conflict) => resolve({ committed: false, conflict }),
        failed: reject,
      })
    })
  }

  mintQueueId(): number {
    return this.#ids.mint(this.#clock.now())
  }

  async readBody(body: BodyRef): Promise<Buffer> {
    if (this.#closing) throw new StoreUnavailable('the store is closed')
    return this.#bodies.read(body)
  }

  async claim(request: { tenantName: string; bulk?: boolean; now: number; limit: number }): Promise<QueueEntry[]> {
    const values = await this.#operate([op.claim, request.tenantName, request.bulk ? 1 : 0, request.now, request.limit], false)
    const entries: QueueEntry[] = []
    for (let at = 0; at < values.length; at += entryValues) entries.push(entryOf(values, at))
    return entries
  }

  async claimAmong({ tenantName, bulk, now, limit, domains, take, after }: ClaimAmong): Promise<{ entries: QueueEntry[]; next: QueuePlace | undefined }> {
    const place = [after?.dueAt ?? -1, after?.id ?? -1]
    const request = [op.claimAmong, tenantName, bulk ? 1 : 0, now, limit, take === 'these' ? 1 : 0, ...place, domains.length, ...domains]
    const [dueAt = -1, id = -1, ...values] = await this.#operate(request, false)
    const entries: QueueEntry[] = []
    for (let at = 0; at < values.length; at += entryValues) entries.push(entryOf(values, at))
    return { entries, next: Number(id) < 0 ? undefined : { dueAt: Number(dueAt), id: Number(id) } }
  }

  async waitingLanes(request: { now: number; after?: Lane; limit: number }): Promise<WaitingLane[]> {
    return this.#readInPieces(() => this.#queue.waitingLanes(request))
  }

  async nextDueAt(): Promise<number | undefined> {
    return this.#read(() => this.#queue.nextDueAt())
  }

  async listQueue(request: { tenantName?: string; messageId?: string; after?: number; limit: number }): Promise<{ entry: QueueEntry; leased: boolean }[]> {
    return this.#readInPieces(() => this.#queue.list(request))
  }

  queueLength(): number {
    return this.#line.figures.queueLength
  }

  async events(query: EventQuery): Promise<LoggedEvent[]> {
    return this.#readInPieces(() => this.#events(query, this.#line.figures.lastPosition))
  }

  /** Stays at the newest event ever: a position is never used again, so an emptied log has not gone back to 0. */
  async lastEventPosition(): Promise<number> {
    return this.#line.figures.lastPosition
  }

  async facts(messageId: string): Promise<MailFacts | undefined> {
    return this.#read(() => this.#facts(messageId))
  }

  async prune(before: number, factsBefore = before): Promise<void> {
    // Each step is a transaction of a few milliseconds; commits go between.
    for (const kind of ['events', 'messages'] as const) {
      for (let after = 0, more = 1; more === 1; ) {
        const values = await this.#operate([op.prune, kind === 'events' ? before : factsBefore, after, kind === 'events' ? -1 : after], true)
        more = Number(values[0])
        after = Number(values[1])
      }
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#line.close(this.#ids.last)
    this.#bodies.close()
    this.#reader.close()
    this.#lock.release()
  }

  #operate(values: readonly (string | number)[], durable: boolean): Promise<readonly (string | number)[]> {
    return new Promise((resolve, reject) => {
      const conflict = () => reject(new Error('an operation without expectations met a conflict'))
      this.#line.operate(values, durable, { committed: resolve, conflict, failed: reject })
    })
  }

  #read<T>(question: () => T): T {
    if (this.#closing) throw new StoreUnavailable('the store is closed')
    try {
      return question()
    } catch (fault) {
      throw new StoreUnavailable('the database cannot be read', { cause: fault })
    }
  }

  async #readInPieces<T>(question: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new StoreUnavailable('the store is closed')
    try {
      return await question()
    } catch (fault) {
      throw new StoreUnavailable('the database cannot be read', { cause: fault })
    }
  }
}

function bodyRefs(changes: readonly Change[], values: readonly (string | number)[]): BodyRef[] {
  const refs: BodyRef[] = []
  for (const change of changes) {
    if (change.type !== 'accept') continue
    refs.push({ segment: Number(values[refs.length * 2]), offset: Number(values[refs.length * 2 + 1]), bytes: change.message.bytes.length })
  }
  return refs
}
