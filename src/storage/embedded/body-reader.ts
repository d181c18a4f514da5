// Reads message bodies from segment files on the main thread, asynchronously, and proves each against its checksum.
// Keeps a bounded number of files open; a file that is dropped while a read runs is closed behind it.
import { close, open, read } from 'node:fs'
import { promisify } from 'node:util'
import { LRUCache } from 'lru-cache'
import type { BodyRef } from '../../model/message.ts'
import { BodyUnreadable } from '../store.ts'
import { isWholeRecord, recordHeaderBytes } from './segment-record.ts'
import { segmentFile } from './spool-files.ts'

const openFile = promisify(open)

interface SegmentFile {
  readonly fd: Promise<number>
  readers: number
  dropped: boolean
}

/** Ends with `close`. */
export class BodyReader {
  readonly #spool: string
  readonly #files: LRUCache<number, SegmentFile>

  constructor(spool: string, filesMax: number) {
    this.#spool = spool
    this.#files = new LRUCache<number, SegmentFile>({
      max: filesMax,
      dispose: (file) => {
        file.dropped = true
        closeUnused(file)
      },
    })
  }

  /** @throws BodyUnreadable when the bytes are gone or not what was written. Other faults of reading are thrown as they are. */
  async read(body: BodyRef): Promise<Buffer> {
    const file = this.#file(body.segment)
    file.readers++
    try {
      const record = Buffer.allocUnsafeSlow(recordHeaderBytes + body.bytes)
      const count = await readFully(await file.fd, record, body.offset)
      if (!isWholeRecord(record.subarray(0, count), body)) {
        throw new BodyUnreadable(`the bytes at ${body.offset} of segment ${body.segment} are not what was written`)
      }
      return record.subarray(recordHeaderBytes)
    } catch (fault) {
      if (!isMissing(fault)) throw fault
      this.forget([body.segment])
      throw new BodyUnreadable(`segment ${body.segment} is gone`, { cause: fault })
    } finally {
      file.readers--
      closeUnused(file)
    }
  }

  /** Closes the files of segments that are gone: an open one would keep its space. */
  forget(segments: readonly number[]): void {
    for (const segment of segments) this.#files.delete(segment)
  }

  close(): void {
    this.#files.clear()
  }

  #file(segment: number): SegmentFile {
    const known = this.#files.get(segment)
    if (known) return known
    const file: SegmentFile = { fd: openFile(segmentFile(this.#spool, segment), 'r'), readers: 0, dropped: false }
    this.#files.set(segment, file)
    // The reader that awaits it reports; the next one tries again.
    file.fd.catch(() => {
      if (this.#files.peek(segment) === file) this.#files.delete(segment)
    })
    return file
  }
}

function closeUnused(file: SegmentFile): void {
  if (!file.dropped || file.readers > 0) return
  file.fd.then(
    (fd) => close(fd),
    () => {},
  )
}

function isMissing(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ENOENT'
}

function readFully(fd: number, into: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const step = (done: number) => {
      read(fd, into, done, into.length - done, position + done, (fault, count) => {
        if (fault) reject(fault)
        else if (count === 0 || done + count === into.length) resolve(done + count)
        else step(done + count)
      })
    }
    step(0)
  })
}
