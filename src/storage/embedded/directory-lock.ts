// One process per data directory. The lock is an exclusive SQLite transaction on a tiny file: the system frees it when the process
// dies, however it dies, and it holds against a second opening inside the same process too.
import { DatabaseSync } from 'node:sqlite'

/** Another process (or another store of this one) has the directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

/**
 * Takes the lock; nothing is written to the file.
 * @throws DirectoryInUse, or SQLite's error when the file cannot be made or opened.
 */
export function lockDirectory(dataDir: string, file: string): { release(): void } {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (fault) {
    database.close()
    const busy = fault instanceof Error && 'errcode' in fault && (Number(fault.errcode) & 0xff) === 5 // SQLITE_BUSY
    throw busy ? new DirectoryInUse(`the data directory ${dataDir} is in use by another process`, { cause: fault }) : fault
  }
  return { release: () => database.close() }
}
