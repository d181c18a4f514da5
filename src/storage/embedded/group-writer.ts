// One group of commits: bodies to the segment and a sync, one SQLite transaction and its sync, then the answer.
// Runs in the store thread and is the only writer of the data directory. After a fault of the medium everything is
// closed and opened anew at the next group, so that what memory believes never differs from what the disk holds.
import { statfsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../../kit/clock.ts'
import type { LogLine } from '../../kit/log.ts'
import { isMediumFault, isSpaceFault } from './faults.ts'
import { applyChanges, type ChangeContext, type Conflict, copyCounters, type Counters } from './group-changes.ts'
import { openWriter } from './schema.ts'
import { type KnownSegment, type Place, SegmentWriter } from './segment-writer.ts'
import { type DataFiles, dataFiles } from './spool-files.ts'
import { type Figures, FlatReader, type GroupMessage, status, type ThreadStart } from './thread-messages.ts'
import { prepareWrites, type WriteStatements } from './write-statements.ts'

const leaseUnit = 2 ** 32 // groups of one incarnation; 2^21 incarnations stay below 2^53.
const spaceLookMs = 1_000

type Written = { readonly places: readonly Place[] } | { readonly refusal: string }

interface OpenFiles {
  readonly database: DatabaseSync
  readonly statements: WriteStatements
  readonly segments: SegmentWriter
}

type ThreadLog = Record<'info' | 'warn' | 'error', LogLine>

/** Owns the segments and the writing connection. */
export class GroupWriter {
  readonly #start: ThreadStart
  readonly #files: DataFiles
  readonly #clock: Clock
  readonly #log: ThreadLog
  #open: OpenFiles | undefined
  #counters: Counters = { version: 0, position: 0, message: 0, queueId: 0, queueLength: 0, live: new Map() }
  #incarnation = 0
  #abandonSegment = false
  /** No group could be written. */
  #troubled = false
  /** Bodies have no room. */
  #refusing = false
  #gone: number[] = []
  #leasesToRelease = true
  #space = { at: Number.NEGATIVE_INFINITY, free: 0 }

  constructor(start: ThreadStart, parts: { clock: Clock; log: ThreadLog }) {
    this.#start = start
    this.#files = dataFiles(start.dataDir)
    this.#clock = parts.clock
    this.#log = parts.log
  }

  /** Opens and recovers; the first opening of a process begins a new incarnation. @throws when the directory cannot be used. */
  open(): void {
    const files = this.#use()
    const again = this.#start.again
    if (again) for (const group of again.lostGroups) files.statements.releaseGroup.run(this.#lease(group))
    this.#release(this.#start.limits.releasedAtOpenMax)
  }

  get incarnation(): number {
    return this.#incarnation
  }

  /** The figures to send along; the list of gone segments is handed over once. */
  figures(): Figures {
    const goneSegments = this.#gone
    this.#gone = []
    return { queueLength: this.#counters.queueLength, lastPosition: this.#counters.position, queueId: this.#counters.queueId, goneSegments }
  }

  /** Writes one group. Never throws: every commit gets a result. */
  apply(message: GroupMessage): (string | number)[] {
    try {
      const written = this.#writeBodies(message)
      const results = this.#transact(message, written)
      if (this.#troubled) this.#log.info({}, 'the store can write again')
      this.#troubled = false
      return results
    } catch (fault) {
      this.#letGo(fault)
      const results: (string | number)[] = []
      for (let index = 0; index < message.commits; index++) results.push(status.unavailable, String(fault))
      return results
    }
  }

  /** True while leases of the earlier process are left; `tidy` releases some. */
  get untidy(): boolean {
    return this.#leasesToRelease && this.#open !== undefined
  }

  /** Does a little of what can wait. */
  tidy(): void {
    if (!this.untidy) return
    try {
      this.#release(this.#start.limits.releasedAtOnceMax)
    } catch (fault) {
      this.#letGo(fault)
    }
  }

  /** Copies the write-ahead log into the database and empties it. */
  idle(): void {
    try {
      this.#open?.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (fault) {
      this.#letGo(fault)
    }
  }

  /** Remembers the highest minted id and closes. Repeatable. */
  close(queueId: number): void {
    try {
      if (this.#open) this.#writeState(this.#open.statements, { ...this.#counters, queueId: Math.max(this.#counters.queueId, queueId) })
      this.idle()
    } catch (fault) {
      this.#log.warn({ err: String(fault) }, 'the store could not tidy up while closing; the next start will')
    }
    this.#closeFiles()
  }

  // Bodies first: when the database says a message is there, its bytes are.
  #writeBodies(message: GroupMessage): Written {
    if (!message.bytes) return { places: [] }
    const bytes = Buffer.from(message.bytes)
    const { segments } = this.#use()
    if (!this.#hasRoomFor(bytes.length)) {
      segments.dropSpare()
      return this.#refuse('the disk is nearly full')
    }
    try {
      const places = segments.write(bytes, message.bodyLengths)
      if (this.#refusing) this.#log.info({}, 'the spool takes messages again')
      this.#refusing = false
      return { places }
    } catch (fault) {
      // The rest of the group may still be written: outcomes need little, and no new segment. Opening anew clears the half-written part.
      const isSpace = isSpaceFault(fault)
      if (!isSpace) this.#abandonSegment = true
      this.#closeFiles()
      const reopened = this.#use()
      if (!isSpace) return this.#refuse(String(fault))
      reopened.segments.dropSpare()
      return this.#refuse('the disk is full')
    }
  }

  #refuse(refusal: string): Written {
    if (!this.#refusing) this.#log.error({ reason: refusal, freeBytes: this.#space.free }, 'the spool takes no messages; outcomes are still written')
    this.#refusing = true
    return { refusal }
  }

  #transact(message: GroupMessage, written: Written): (string | number)[] {
    const { database, statements } = this.#use()
    // A power loss may forget a claim: its lease is void then anyway.
    if (!message.durable) database.exec('PRAGMA synchronous = NORMAL')
    try {
      return this.#attempt(message, written, false)
    } catch (fault) {
      if (isMediumFault(fault)) throw fault
      // One commit of the group is wrong in itself (a queue id used twice): find it with a savepoint around each.
      statements.rollback.run()
      return this.#attempt(message, written, true)
    } finally {
      if (!message.durable && this.#open) database.exec('PRAGMA synchronous = FULL')
    }
  }

  #attempt(message: GroupMessage, written: Written, careful: boolean): (string | number)[] {
    const { statements, segments } = this.#use()
    const counters = copyCounters(this.#counters)
    const context = {
      statements,
      counters,
      lease: this.#lease(message.group),
      pruneRows: this.#start.limits.pruneRows,
      claimScanRows: this.#start.limits.claimScanRows,
    }
    statements.begin.run()
    const results = runCommits(context, message, written, careful)
    if ('places' in written) for (const { segment } of written.places) counters.live.set(segment, counters.live.get(segment) ?? 0)
    const emptied = recordSegments(statements, counters.live, this.#counters.live, segments.active)
    this.#writeState(statements, counters)
    statements.commit.run()
    this.#counters = counters
    this.#reclaim(segments, emptied)
    return results
  }

  // The group is committed: a file that cannot go now goes at the next opening.
  #reclaim(segments: SegmentWriter, emptied: readonly number[]): void {
    if (emptied.length === 0) return
    for (const number of emptied) this.#gone.push(number)
    try {
      segments.reclaim(emptied)
    } catch (fault) {
      this.#log.warn({ err: String(fault), segments: emptied }, 'emptied spool segments could not be removed')
    }
  }

  #use(): OpenFiles {
    if (this.#open) return this.#open
    const database = openWriter(this.#files.database, this.#start.limits)
    try {
      const statements = prepareWrites(database)
      const known = (statements.segments.all() as unknown as KnownSegment[]).filter((segment, index, all) => segment.live > 0 || index === all.length - 1)
      const segments = SegmentWriter.open(this.#files, known, {
        limits: this.#start.limits,
        log: this.#log,
        sameProcess: this.#incarnation > 0 || this.#start.again !== undefined,
        abandon: this.#abandonSegment,
      })
      this.#abandonSegment = false
      this.#open = { database, statements, segments }
      this.#readState(statements, known)
      return this.#open
    } catch (fault) {
      this.#open?.segments.close()
      this.#open = undefined
      database.close()
      throw fault
    }
  }

  #readState(statements: WriteStatements, known: readonly KnownSegment[]): void {
    const { incarnation, version, position, message, queue_id } = statements.readState.get() as Record<string, number>
    const live = new Map(known.map((segment) => [segment.number, segment.live]))
    const queueLength = known.reduce((sum, segment) => sum + segment.live, 0)
    this.#counters = { version: version ?? 0, position: position ?? 0, message: message ?? 0, queueId: queue_id ?? 0, queueLength, live }
    if (this.#incarnation > 0) return
    this.#incarnation = this.#start.again?.incarnation ?? (incarnation ?? 0) + 1
    this.#writeState(statements, this.#counters)
  }

  #writeState(statements: WriteStatements, counters: Counters): void {
    statements.writeState.run(this.#incarnation, counters.version, counters.position, counters.message, counters.queueId)
  }

  #release(rowsMax: number): void {
    const { statements } = this.#use()
    this.#leasesToRelease = Number(statements.releaseBelow.run(this.#lease(0), rowsMax).changes) === rowsMax
  }

  #lease(group: number): number {
    return this.#incarnation * leaseUnit + (group % leaseUnit)
  }

  #hasRoomFor(bytes: number): boolean {
    const needed = bytes + this.#start.limits.reserveBytes
    const now = this.#clock.now()
    if (this.#space.free < needed || Math.abs(now - this.#space.at) >= spaceLookMs) {
      const { bavail, bsize } = statfsSync(this.#start.dataDir)
      this.#space = { at: now, free: bavail * bsize }
    }
    if (this.#space.free < needed) return false
    this.#space.free -= bytes
    return true
  }

  #letGo(fault: unknown): void {
    if (!this.#troubled) this.#log.error({ err: String(fault) }, 'the store cannot write')
    this.#troubled = true
    this.#closeFiles()
  }

  #closeFiles(): void {
    const open = this.#open
    this.#open = undefined
    open?.segments.close()
    open?.database.close()
  }
}

function runCommits(context: ChangeContext, message: GroupMessage, written: Written, careful: boolean): (string | number)[] {
  const { statements, counters } = context
  const ops = new FlatReader(message.ops)
  const results: (string | number)[] = []
  let body = 0
  for (let index = 0; index < message.commits; index++) {
    const [count, bodies, expects, values] = [ops.number(), ops.number(), ops.number(), ops.number()]
    const end = ops.position + values
    if (bodies > 0 && 'refusal' in written) {
      results.push(status.unavailable, written.refusal)
      ops.seek(end)
      continue
    }
    const places = 'places' in written ? written.places.slice(body, body + bodies) : []
    const lengths = message.bodyLengths.slice(body, body + bodies)
    body += bodies
    const alone = careful || expects === 1
    const before = alone ? copyCounters(counters) : counters
    if (alone) statements.savepoint.run()
    const answer: (string | number)[] = []
    let conflict: Conflict | undefined
    let wrong: unknown
    try {
      conflict = applyChanges(context, ops, { count, bodies: { places, lengths } }, answer)
    } catch (fault) {
      if (!careful || isMediumFault(fault)) throw fault
      wrong = fault
    }
    ops.seek(end)
    if (conflict || wrong !== undefined) {
      statements.rollbackTo.run()
      Object.assign(counters, before)
    }
    if (alone) statements.releaseSavepoint.run()
    if (conflict) results.push(status.conflict, conflict.collection, conflict.key)
    else if (wrong !== undefined) results.push(status.fault, String(wrong))
    else results.push(status.committed, answer.length, ...answer)
  }
  return results
}

// Writes what changed and answers the segments that hold nothing any more.
function recordSegments(
  statements: WriteStatements,
  live: Map<number, number>,
  before: ReadonlyMap<number, number>,
  active: { number: number; end: number },
): number[] {
  const emptied: number[] = []
  for (const [number, rows] of live) {
    if (number === active.number) statements.putSegment.run(number, rows, active.end)
    else if (rows === 0) {
      statements.removeSegment.run(number)
      emptied.push(number)
    } else if (rows !== before.get(number)) statements.putLive.run(number, rows)
  }
  for (const number of emptied) live.delete(number)
  return emptied
}
