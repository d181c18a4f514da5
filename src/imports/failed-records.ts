// The file of bad records: grows at the place that the job remembers, so that a batch which is repeated after a crash writes over its own traces.
import { open } from 'node:fs/promises'
import { csvField } from '../kit/csv.ts'
import { failedBytesMax, failedRecordBytesMax } from './limits.ts'

/** A bad record. */
export interface FailedRecord {
  /** Its position among the records of the file, from 1; a header line does not count. */
  readonly number: number
  readonly fault: string
  readonly text: string
}

/** Writes records behind the first `bytes` of the file; durable when it resolves with the bytes that count then. */
export async function writeFailedRecords(path: string, bytes: number, records: readonly FailedRecord[]): Promise<number> {
  if (records.length === 0 || bytes >= failedBytesMax) return bytes
  const rows = records.map(({ number, fault, text }) => `${number},${csvField(fault)},${csvField(text.slice(0, failedRecordBytesMax))}\n`)
  const added = Buffer.from(`${bytes === 0 ? 'recordNumber,error,record\n' : ''}${rows.join('')}`)
  const file = await open(path, bytes === 0 ? 'w' : 'r+', 0o600)
  try {
    await file.truncate(bytes)
    await file.write(added, 0, added.length, bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  return bytes + added.length
}

/** Takes away what a batch wrote whose commit never came. */
export async function cutFailedRecords(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.truncate(bytes).finally(() => file.close())
}
