// The road of one import: copy, count, batch after batch, end. Every step leaves the job at a place from which the next process goes on.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../kit/clock.ts'
import { isRefusal } from '../model/refusal.ts'
import { ObjectFault } from '../objects/object-fault.ts'
import type { Objects } from '../objects/objects.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { type ImportJobRecord, importJobs } from '../resources/import-jobs.ts'
import { findJob, isUnfinished, saveJob } from '../resources/jobs.ts'
import type { Store } from '../storage/store.ts'
import { cutFailedRecords } from './failed-records.ts'
import { importBatch } from './import-batch.ts'
import { ImportFault } from './import-fault.ts'
import { bytesPerCommit, fetchAttemptsMax, recordsPerCommit } from './limits.ts'
import { prepareCopy } from './prepare-copy.ts'
import { rawRecords, readRecord } from './read-records.ts'

/** What an import works with. */
export interface ImportParts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit'>
  readonly clock: Clock
  readonly objects: Pick<Objects, 'copyTo' | 'keep' | 'remove'>
  /** Where copies lie while they are read. */
  readonly workFolder: string
}

/** Brings a job to its end, from wherever it stands. @throws when it must be tried again later. */
export async function runImport(parts: ImportParts, jobId: string, signal: AbortSignal): Promise<void> {
  const path = join(parts.workFolder, jobId)
  const failedPath = `${path}.failed`
  let job = await change(parts, jobId, (before) => ({ ...before, status: 'PROCESSING' }))
  let end: Pick<ImportJobRecord, 'status' | 'errorMessage'> = { status: 'COMPLETED', errorMessage: undefined }
  try {
    if (!job.copy) {
      const { columns, position } = await prepareCopy(parts.objects, job, path, signal)
      job = await change(parts, jobId, (before) => ({ ...before, copy: { columns }, position }))
    }
    for await (const records of batches(path, job)) {
      if (signal.aborted) return
      job = await importBatch(parts.store, { jobId, records, failedPath, now: parts.clock.now() })
    }
  } catch (fault) {
    if (signal.aborted) return
    if (fault instanceof ObjectFault) job = await countAttempt(parts, jobId)
    const isLast = fault instanceof ObjectFault && job.attempts >= fetchAttemptsMax
    if (!(fault instanceof ImportFault) && !isLast) throw fault
    end = { status: 'FAILED', errorMessage: fault.message }
  }
  let place: string | undefined
  try {
    place = await keepFailedRecords(parts, job, failedPath, signal)
  } catch (fault) {
    if (signal.aborted) return
    if (!(fault instanceof ObjectFault)) throw fault
    // All records took effect: a store that takes no files must not hold the job, and its place among the unfinished, for ever.
    job = await countAttempt(parts, jobId)
    if (!fault.isFinal && job.attempts < fetchAttemptsMax) throw fault
    end = { ...end, errorMessage: end.errorMessage ?? 'The file of bad records could not be kept.' }
  }
  await change(parts, jobId, (before) => ({ ...before, ...end, completedAt: parts.clock.now(), place }))
  for (const left of [path, `${path}.part`, failedPath]) await rm(left, { force: true })
}

async function* batches(path: string, job: ImportJobRecord) {
  const form = { format: job.format, destination: job.destination, columns: job.copy?.columns }
  let batch: ReturnType<typeof readRecord>[] = []
  let bytes = 0
  try {
    for await (const piece of rawRecords(path, job.format, job.position)) {
      for (const raw of piece) {
        batch.push(readRecord(raw, form))
        bytes += raw.bytes.length
        if (batch.length < recordsPerCommit && bytes < bytesPerCommit) continue
        yield batch
        batch = []
        bytes = 0
      }
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    throw new ImportFault('The working copy of the file is gone from the data directory. Create the job again.', { cause })
  }
  if (batch.length > 0) yield batch
}

async function keepFailedRecords({ objects }: ImportParts, job: ImportJobRecord, failedPath: string, signal: AbortSignal): Promise<string | undefined> {
  if (job.failedBytes === 0) return undefined
  // It may be in its place already: the process may have died between this and the job's end.
  await cutFailedRecords(failedPath, job.failedBytes).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOENT') throw fault
  })
  return objects.keep({ name: `failed-${job.id}.csv`, path: failedPath, contentType: 'text/csv' }, signal)
}

function countAttempt(parts: ImportParts, jobId: string): Promise<ImportJobRecord> {
  return change(parts, jobId, (before) => ({ ...before, attempts: before.attempts + 1 }))
}

async function change({ store }: ImportParts, jobId: string, next: (before: ImportJobRecord) => ImportJobRecord): Promise<ImportJobRecord> {
  const after = await commitDecision(store, async () => {
    const stored = await findJob(store, importJobs, jobId)
    if (!stored || !isUnfinished(stored.value)) throw new Error('the job has ended already')
    const answer = next(stored.value)
    return { answer, changes: await saveJob(store, importJobs, stored, answer) }
  })
  if (isRefusal(after)) throw new Error(after.message)
  return after
}
