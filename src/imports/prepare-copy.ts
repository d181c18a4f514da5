// The first step of an import: a copy of the file that nobody changes any more and no link outlives, counted before anything takes effect.
import { rename, rm } from 'node:fs/promises'
import { ObjectFault } from '../objects/object-fault.ts'
import type { Objects } from '../objects/objects.ts'
import type { ImportJobRecord } from '../resources/import-jobs.ts'
import { ImportFault } from './import-fault.ts'
import { contactRecordsMax, suppressionRecordsMax } from './limits.ts'
import { readColumns } from './parse-record.ts'
import { rawRecords, textOf } from './read-records.ts'

/** What is known of a copy. */
export interface PreparedCopy {
  readonly columns: readonly string[] | undefined
  /** Where its first record begins. */
  readonly position: number
}

/** Copies and counts. @throws ImportFault, or ObjectFault when the file cannot be had. */
export async function prepareCopy(
  objects: Pick<Objects, 'copyTo'>,
  { url, format, destination }: ImportJobRecord,
  path: string,
  signal: AbortSignal,
): Promise<PreparedCopy> {
  const unfinished = `${path}.part`
  await objects.copyTo(url, unfinished, signal).catch(async (fault: unknown) => {
    await rm(unfinished, { force: true })
    throw fault instanceof ObjectFault && fault.isFinal ? new ImportFault(fault.message, { cause: fault }) : fault
  })
  await rename(unfinished, path)
  const hasHeader = destination.kind === 'CONTACT_LIST' && format === 'CSV'
  const recordsMax = destination.kind === 'CONTACT_LIST' ? contactRecordsMax : suppressionRecordsMax
  let header: { columns: readonly string[]; end: number } | undefined
  let records = 0
  for await (const piece of rawRecords(path, format, 0)) {
    if (signal.aborted) throw signal.reason
    const [first] = piece
    if (hasHeader && !header && first) {
      const columns = readColumns(textOf(first))
      if ('fault' in columns) throw new ImportFault(columns.fault)
      header = { columns, end: first.end }
      records--
    }
    records += piece.length
    if (records > recordsMax) throw new ImportFault(`The file has more than ${recordsMax.toLocaleString('en-US')} records.`)
  }
  if (hasHeader && !header) throw new ImportFault('The first line must be a header with the column emailAddress.')
  return { columns: header?.columns, position: header?.end ?? 0 }
}
