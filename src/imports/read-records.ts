// The records of a copied file, in pieces, from any record on.
import { createReadStream } from 'node:fs'
import { createRecordSplitter, type RawRecord } from '../kit/csv.ts'
import { recordBytesMax } from './limits.ts'
import { type ImportRecord, parseRecord, type RecordFault, type RecordForm } from './parse-record.ts'

/** One record and where it ends. */
export interface ReadRecord {
  /** Byte offset behind it. */
  readonly end: number
  /** As it stands in the file; characters that are no UTF-8 are replaced. */
  readonly text: string
  readonly record: ImportRecord | RecordFault
}

/** The raw records of a file from a byte offset on, those of one piece together. */
export async function* rawRecords(path: string, format: RecordForm['format'], from: number): AsyncGenerator<RawRecord[]> {
  const splitter = createRecordSplitter({ from, bytesMax: recordBytesMax, hasQuotes: format === 'CSV' })
  for await (const piece of createReadStream(path, { start: from })) yield splitter.push(piece as Buffer)
  yield splitter.finish()
}

/** The text of a record; a byte order mark at its beginning is left out. */
export function textOf({ bytes }: RawRecord): string {
  return new TextDecoder().decode(bytes)
}

/** Reads a raw record. */
export function readRecord(raw: RawRecord, form: RecordForm): ReadRecord {
  const text = textOf(raw)
  const fault = raw.isTooLong ? `The record is longer than ${recordBytesMax} bytes.` : text.includes('\ufffd') ? 'The record is no UTF-8 text.' : undefined
  return { end: raw.end, text, record: fault === undefined ? parseRecord(text, form) : { fault } }
}
