// CancelExportJob; only a job that has not ended can be cancelled.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { exportJobs } from '../../../../resources/export-jobs.ts'
import { findJob, isUnfinished, saveJob } from '../../../../resources/jobs.ts'
import type { Operation } from '../../../operation.ts'

export const cancelExportJob: Operation<'CancelExportJob'> = async (input, _call, { store, clock }) => {
  const refusal = await commitDecision(store, async () => {
    const stored = await findJob(store, exportJobs, input.JobId ?? '')
    if (!stored) return refuse('InvalidRequest', { text: 'Invalid JobId' })
    const job = stored.value
    if (!isUnfinished(job)) return refuse('InvalidRequest', { text: `Cannot cancel an export job that has a <${job.status}> status.` })
    return { answer: undefined, changes: await saveJob(store, exportJobs, stored, { ...job, status: 'CANCELLED', completedAt: clock.now() }) }
  })
  return isRefusal(refusal) ? refusal : {}
}
