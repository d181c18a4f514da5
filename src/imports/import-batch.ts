// One batch of an import: what its records change and how far the job is then, in one commit, so that each record takes effect exactly once
// whatever happens in between.
import { isRefusal } from '../model/refusal.ts'
import { commitDecision } from '../resources/commit-record.ts'
import { type ImportJobRecord, importJobs } from '../resources/import-jobs.ts'
import { findJob, saveJob } from '../resources/jobs.ts'
import type { Store } from '../storage/store.ts'
import { decideContacts } from './decide-contacts.ts'
import { decideSuppression } from './decide-suppression.ts'
import { writeFailedRecords } from './failed-records.ts'
import type { ReadRecord } from './read-records.ts'

/** Lets a batch take effect; answers the job as it stands then. @throws ImportFault, Error when others won every round. */
export async function importBatch(
  store: Pick<Store, 'get' | 'commit'>,
  batch: { readonly jobId: string; readonly records: readonly ReadRecord[]; readonly failedPath: string; readonly now: number },
): Promise<ImportJobRecord> {
  const { jobId, records, failedPath, now } = batch
  const after = await commitDecision(store, async () => {
    const stored = await findJob(store, importJobs, jobId)
    if (!stored) throw new Error('the job is gone')
    const job = stored.value
    const { destination } = job
    const decided =
      destination.kind === 'SUPPRESSION_LIST'
        ? await decideSuppression(store, records, { action: destination.action, now })
        : await decideContacts(store, records, { ...destination, now })
    const failed = records.flatMap((read, index) => {
      const fault = decided.faults.get(read)
      return fault === undefined ? [] : [{ number: job.processed + index + 1, fault, text: read.text }]
    })
    const next: ImportJobRecord = {
      ...job,
      processed: job.processed + records.length,
      failed: job.failed + failed.length,
      position: records.at(-1)?.end ?? job.position,
      // Before the commit: what the job counts is on disk.
      failedBytes: await writeFailedRecords(failedPath, job.failedBytes, failed),
    }
    return { answer: next, changes: [...decided.changes, ...(await saveJob(store, importJobs, stored, next))] }
  })
  if (isRefusal(after)) throw new Error(after.message)
  return after
}
