// Looks at what lies behind the last committed record of a segment after the process ended in an unknown way.
// Whatever was answered is in the database, and its bytes were synced before; so everything behind is unanswered:
// whole records are dropped, anything else is kept aside for people. Nothing is guessed.
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { readHeader, recordHeaderBytes } from './segment-record.ts'
import { readUpTo, syncDirectory, writeAll } from './spool-files.ts'

const stepBytes = 1024 * 1024

/** What lies behind the committed end. */
export interface Tail {
  /** Whole records that nobody was told of. */
  readonly droppedRecords: number
  /** Where bytes begin that are neither a record nor the end mark. */
  readonly damagedAt: number | undefined
}

/** Reads the tail of segment `number` from `end` on. */
export function inspectTail(fd: number, number: number, end: number): Tail {
  const size = fstatSync(fd).size
  let offset = end
  for (let droppedRecords = 0; ; droppedRecords++) {
    if (offset >= size) return { droppedRecords, damagedAt: undefined }
    const header = readHeader(readUpTo(fd, recordHeaderBytes, offset), { segment: number, offset })
    if (header.kind === 'end') return { droppedRecords, damagedAt: undefined }
    if (header.kind === 'damaged' || bodyCrc(fd, offset, header) !== header.crc) return { droppedRecords, damagedAt: offset }
    offset += recordHeaderBytes + header.bytes
  }
}

function bodyCrc(fd: number, offset: number, header: { bytes: number; headerCrc: number }): number | undefined {
  let crc = header.headerCrc
  for (let done = 0; done < header.bytes; done += stepBytes) {
    const step = Math.min(stepBytes, header.bytes - done)
    const bytes = readUpTo(fd, step, offset + recordHeaderBytes + done)
    if (bytes.length < step) return undefined
    crc = crc32(bytes, crc)
  }
  return crc
}

/** Copies a damaged tail to `<setAside>/<segment>-<offset>`, without its trailing zeroes and at most `bytesMax`; answers the file and how much it holds. */
export function setTailAside(fd: number, damage: { number: number; from: number }, setAside: string, bytesMax: number): { file: string; bytes: number } {
  mkdirSync(setAside, { recursive: true, mode: 0o700 })
  const file = join(setAside, `${damage.number}-${damage.from}`)
  const bytes = readUpTo(fd, Math.min(Math.max(fstatSync(fd).size - damage.from, 0), bytesMax), damage.from)
  let length = bytes.length
  while (length > 0 && bytes[length - 1] === 0) length--
  if (existsSync(file)) unlinkSync(file)
  const copy = openSync(file, 'wx', 0o600)
  try {
    writeAll(copy, bytes, 0, length, 0)
    fsyncSync(copy)
  } finally {
    closeSync(copy)
  }
  syncDirectory(setAside)
  return { file, bytes: length }
}
