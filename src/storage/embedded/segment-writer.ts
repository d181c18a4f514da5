// The append-only body files, owned by the store thread: where a group's bodies go, when a segment is full, when its file may go.
// Knows nothing of queues: the group writer says which segments have no rows left. A fault leaves this object unusable; a new one recovers.
import { closeSync, existsSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import type { LogLine } from '../../kit/log.ts'
import type { EmbeddedLimits } from './limits.ts'
import { recordHeaderBytes, sealRecord } from './segment-record.ts'
import { inspectTail, setTailAside, type Tail } from './segment-recovery.ts'
import { clearTail, type DataFiles, segmentFile, segmentNumber, syncDirectory, writeAll } from './spool-files.ts'

/** What the database knows of a segment. */
export interface KnownSegment {
  readonly number: number
  /** Queue rows whose body lies there. */
  readonly live: number
  /** Behind the last committed record. */
  readonly end: number
}

/** Where one body went. */
export interface Place {
  readonly segment: number
  readonly offset: number
}

const ourOwn: Tail = { droppedRecords: 0, damagedAt: undefined }

type Warn = { readonly warn: LogLine }

/** Writes segments of one spool directory. */
export class SegmentWriter {
  readonly #files: DataFiles
  readonly #limits: EmbeddedLimits
  readonly #log: Warn
  #fd = -1
  #number = 0
  #end = 0
  #capacity = 0

  private constructor(files: DataFiles, limits: EmbeddedLimits, log: Warn) {
    this.#files = files
    this.#limits = limits
    this.#log = log
  }

  /**
   * Opens the spool behind its last committed record. Every known segment but the last must have live rows.
   * `sameProcess`: what lies behind the end is our own failed write, so it is cleared without a look (a copy would not fit a full disk).
   * `abandon`: begin a new segment: a sync of the last one failed, so its pages are not to be trusted.
   */
  static open(
    files: DataFiles,
    known: readonly KnownSegment[],
    options: { limits: EmbeddedLimits; log: Warn; sameProcess: boolean; abandon: boolean },
  ): SegmentWriter {
    const writer = new SegmentWriter(files, options.limits, options.log)
    if (mkdirSync(files.spool, { recursive: true, mode: 0o700 })) syncDirectory(dirname(files.spool))
    writer.#removeStrays(known, options.sameProcess)
    const last = known.at(-1)
    if (last) {
      writer.#number = last.number
      // Also when it will not be written to again: what the database knows of its end must stay, or the next start takes live bodies for a tail.
      writer.#end = last.end
      writer.#resume(last, options)
    }
    return writer
  }

  /** The segment that is written now and where its next record goes; 0 before the first. */
  get active(): { readonly number: number; readonly end: number } {
    return { number: this.#number, end: this.#end }
  }

  /**
   * Writes bodies and syncs them. `bytes` holds room for a header before each body and for the end mark at its end.
   * @throws the system's error; then only a new writer may go on.
   */
  write(bytes: Buffer, lengths: readonly number[]): Place[] {
    const places: Place[] = []
    let runFrom = 0
    let at = 0
    let runOffset = this.#end
    for (const length of lengths) {
      const size = recordHeaderBytes + length
      if (this.#fd < 0 || this.#end + size > this.#capacity) {
        this.#finishSegment(bytes, runFrom, at, runOffset)
        this.#begin(size)
        runFrom = at
        runOffset = 0
      }
      sealRecord(bytes, at, { segment: this.#number, offset: this.#end, bytes: length })
      places.push({ segment: this.#number, offset: this.#end })
      at += size
      this.#end += size
    }
    const markBytes = Math.min(recordHeaderBytes, this.#capacity - this.#end)
    writeAll(this.#fd, bytes, runFrom, at + markBytes, runOffset)
    fdatasyncSync(this.#fd)
    return places
  }

  /** Lets go of the files of segments without rows; one of ordinary size is kept to be used again. */
  reclaim(numbers: readonly number[]): void {
    for (const number of numbers) {
      const file = segmentFile(this.#files.spool, number)
      if (!existsSync(file)) continue
      if (existsSync(this.#files.spare)) unlinkSync(file)
      else renameSync(file, this.#files.spare)
    }
  }

  /** Frees the spare segment's blocks: the disk is short. */
  dropSpare(): void {
    if (existsSync(this.#files.spare)) unlinkSync(this.#files.spare)
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }

  #finishSegment(bytes: Buffer, from: number, to: number, offset: number): void {
    if (this.#fd < 0) return
    if (to > from) {
      writeAll(this.#fd, bytes, from, to, offset)
      fdatasyncSync(this.#fd)
    }
    this.close()
  }

  #begin(bytesAtLeast: number): void {
    this.#number++
    this.#end = 0
    this.#capacity = Math.max(this.#limits.segmentBytes, bytesAtLeast)
    const file = segmentFile(this.#files.spool, this.#number)
    const reuse = this.#capacity === this.#limits.segmentBytes && existsSync(this.#files.spare)
    if (reuse) renameSync(this.#files.spare, file)
    this.#fd = openSync(file, reuse ? 'r+' : 'w+', 0o600)
    if (fstatSync(this.#fd).size !== this.#capacity) ftruncateSync(this.#fd, this.#capacity)
    syncDirectory(this.#files.spool)
  }

  // Files the database does not know: emptied ones whose removal was interrupted, or one that was begun and never committed to.
  #removeStrays(known: readonly KnownSegment[], expected: boolean): void {
    const numbers = new Set(known.map((segment) => segment.number))
    for (const name of readdirSync(this.#files.spool)) {
      const number = segmentNumber(name)
      if (number === undefined || numbers.has(number)) continue
      unlinkSync(segmentFile(this.#files.spool, number))
      if (!expected && number > (known.at(-1)?.number ?? 0)) this.#log.warn({ segment: number }, 'dropped a spool segment in which nothing was ever accepted')
    }
    for (const { number } of known) {
      if (!existsSync(segmentFile(this.#files.spool, number))) this.#log.warn({ segment: number }, 'a spool segment is missing; its messages cannot be read')
    }
  }

  #resume(last: KnownSegment, how: { sameProcess: boolean; abandon: boolean }): void {
    const file = segmentFile(this.#files.spool, last.number)
    if (!existsSync(file)) return
    const fd = openSync(file, 'r+')
    try {
      const size = fstatSync(fd).size
      if (size < last.end) {
        this.#log.warn({ segment: last.number, bytes: size, expected: last.end }, 'a spool segment is shorter than what was committed to it')
        closeSync(fd)
        return
      }
      const tail = how.sameProcess ? ourOwn : inspectTail(fd, last.number, last.end)
      if (tail.droppedRecords > 0) {
        this.#log.warn({ segment: last.number, offset: last.end, records: tail.droppedRecords }, 'dropped messages that were written and never accepted')
      }
      if (tail.damagedAt !== undefined) {
        const copy = setTailAside(fd, { number: last.number, from: tail.damagedAt }, this.#files.setAside, this.#limits.setAsideBytesMax)
        this.#log.warn({ segment: last.number, offset: tail.damagedAt, ...copy }, 'a spool segment ends in damaged bytes; they were set aside')
      }
      const clean = tail.droppedRecords === 0 && tail.damagedAt === undefined && !how.sameProcess
      if (!clean) clearTail(fd, last.end, size)
      // Damage is evidence against the medium: go on elsewhere.
      if (how.abandon || tail.damagedAt !== undefined) {
        closeSync(fd)
        return
      }
      this.#fd = fd
      this.#capacity = size
    } catch (fault) {
      if (this.#fd < 0) closeSync(fd)
      throw fault
    }
  }
}
