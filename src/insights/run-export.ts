// The road of one export: count or read, write the file, keep it, end. A crash in between lets the next process do it all again; a job that is
// cancelled meanwhile leaves no file.
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Clock } from '../kit/clock.ts'
import { isRefusal } from '../model/refusal.ts'
import type { Objects } from '../objects/objects.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { type ExportJobRecord, exportJobs } from '../resources/export-jobs.ts'
import { findJob, isUnfinished, saveJob } from '../resources/jobs.ts'
import type { Store } from '../storage/store.ts'
import { insightsText, metricsText } from './export-file.ts'
import { exportInsights } from './export-insights.ts'
import { exportMetrics } from './export-metrics.ts'

/** What an export works with. */
export interface ExportParts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'events' | 'lastEventPosition'>
  readonly clock: Clock
  readonly objects: Pick<Objects, 'keep' | 'remove'>
  /** Counts what the event log has new. */
  readonly countEvents: () => Promise<void>
  /** Where files are written before they are kept. */
  readonly workFolder: string
}

/** Brings a job to its end. @throws when it must be tried again later; with `gaveUp` it fails instead. */
export async function runExport(parts: ExportParts, jobId: string, { signal, gaveUp }: { signal: AbortSignal; gaveUp: boolean }): Promise<void> {
  const { store, clock, objects, workFolder } = parts
  const job = await change(parts, jobId, (before) => ({ ...before, status: 'PROCESSING' }))
  if (!job) return
  if (gaveUp) {
    await change(parts, jobId, (before) => ({ ...before, status: 'FAILED', completedAt: clock.now(), errorMessage: 'The file could not be written or kept.' }))
    return
  }
  const path = join(workFolder, jobId)
  const mayGoOn = async () => {
    const stored = await findJob(store, exportJobs, jobId)
    return !signal.aborted && stored !== undefined && isUnfinished(stored.value)
  }
  try {
    const written = await writeFile(parts, job, path, mayGoOn)
    if (!(await mayGoOn())) return
    if (!written) {
      const errorMessage = 'The export reads too much. Name a narrower interval or fewer values.'
      await change(parts, jobId, (before) => ({ ...before, status: 'FAILED', completedAt: clock.now(), errorMessage }))
      return
    }
    const name = `export-${jobId}.${job.format.toLowerCase()}`
    const place = await objects.keep({ name, path, contentType: job.format === 'CSV' ? 'text/csv' : 'application/json' }, signal)
    const ended = await change(parts, jobId, (before) => ({ ...before, ...written, status: 'COMPLETED', completedAt: clock.now(), place }))
    // Cancelled at the last moment: nobody will ask for the file.
    if (!ended) await objects.remove(place, signal)
  } finally {
    await rm(path, { force: true })
  }
}

/** Writes the file; undefined when it would read too much. */
async function writeFile(
  { store, clock, countEvents }: ExportParts,
  { source, format }: ExportJobRecord,
  path: string,
  mayGoOn: () => Promise<boolean>,
): Promise<{ processed: number; exported: number } | undefined> {
  if (source.kind === 'METRICS_DATA') {
    await countEvents()
    const counted = await exportMetrics(store, source, { now: clock.now(), mayGoOn })
    if (!counted) return undefined
    await save(path, [metricsText(format, source, counted.rows)])
    return { processed: counted.processed, exported: counted.rows.length }
  }
  const done = { processed: 0, exported: 0 }
  const text = insightsText(format)
  async function* pieces() {
    yield text.begin
    for await (const { rows, processed } of exportInsights(store, source as Extract<typeof source, { kind: 'MESSAGE_INSIGHTS' }>, mayGoOn)) {
      done.processed = processed
      done.exported += rows.length
      yield text.rows(rows)
    }
    yield text.end
  }
  await save(path, pieces())
  return done
}

async function save(path: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(pieces), createWriteStream(path, { mode: 0o600, flush: true }))
}

/** The job as it stands then; undefined when it has ended already. */
async function change({ store }: ExportParts, jobId: string, next: (before: ExportJobRecord) => ExportJobRecord): Promise<ExportJobRecord | undefined> {
  const after = await commitDecision(store, async () => {
    const stored = await findJob(store, exportJobs, jobId)
    if (!stored || !isUnfinished(stored.value)) return { answer: undefined, changes: [] }
    const answer = next(stored.value)
    return { answer, changes: await saveJob(store, exportJobs, stored, answer) }
  })
  if (isRefusal(after)) throw new Error(after.message)
  return after
}
