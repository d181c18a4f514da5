// Names and small file operations of the spool directory, for both threads.
import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files of one data directory. */
export interface DataFiles {
  readonly database: string
  readonly lock: string
  readonly spool: string
  readonly setAside: string
  /** An emptied segment that waits to be used again: its blocks are allocated already, which halves the time of a sync. */
  readonly spare: string
}

/** Where everything lies below the data directory. */
export function dataFiles(dataDir: string): DataFiles {
  const spool = join(dataDir, 'spool')
  return {
    database: join(dataDir, 'bulkhead.db'),
    lock: join(dataDir, 'bulkhead.lock'),
    spool,
    setAside: join(spool, 'set-aside'),
    spare: join(spool, 'spare'),
  }
}

/** The file of a segment. */
export function segmentFile(spool: string, number: number): string {
  return join(spool, `${number}.seg`)
}

/** The number in a segment's file name, or undefined for any other file. */
export function segmentNumber(fileName: string): number | undefined {
  const digits = /^(\d{1,15})\.seg$/.exec(fileName)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Makes names that were created, renamed or removed in `directory` durable. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return // Directories cannot be opened there; NTFS journals names itself.
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Writes all of `bytes[start, end)` at `position`; the system may take less than asked when the disk is nearly full. */
export function writeAll(fd: number, bytes: Buffer, start: number, end: number, position: number): void {
  for (let done = start; done < end; ) done += writeSync(fd, bytes, done, end - done, position + done - start)
}

/** Reads up to `length` bytes at `position`; shorter at the end of the file. */
export function readUpTo(fd: number, length: number, position: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}

/** Empties the file from `from` on and gives it `size` again: nothing but zeroes there, and no blocks held. */
export function clearTail(fd: number, from: number, size: number): void {
  ftruncateSync(fd, from)
  ftruncateSync(fd, Math.max(size, from))
}

/**
 * Makes a directory and the missing ones above it, mode 0700.
 * Node's own recursive form never ends below a place like /proc, where a directory is refused as if its parent were missing.
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault
  }
  syncDirectory(dirname(path))
}
