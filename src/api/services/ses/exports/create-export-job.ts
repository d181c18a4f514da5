// CreateExportJob. VDM need not be switched on.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { exportJobs, type ExportJobRecord } from '../../../../resources/export-jobs.ts'
import { addJob } from '../../../../resources/jobs.ts'
import type { Operation } from '../../../operation.ts'
import { oneSource, readInsightsSource, readMetricsSource } from './export-job-wire.ts'

export const createExportJob: Operation<'CreateExportJob'> = async (input, _call, { store, clock, random, wakeJobs }) => {
  const one = oneSource(input.ExportDataSource)
  if (!one) return refuse('InvalidRequest', { text: 'One data source must be provided' })
  const { DataFormat: format = 'CSV', S3Url: url } = input.ExportDestination ?? {}
  if (url != null) return refuse('InvalidRequest', { text: 'Providing a custom S3 URL is not supported' })
  const source = 'metrics' in one ? readMetricsSource(one.metrics) : readInsightsSource(one.insights)
  if (isRefusal(source)) return source
  const insights = 'insights' in one ? one.insights : undefined
  const id = random.uuid()
  const job: Omit<ExportJobRecord, 'createdAt'> = {
    id,
    status: 'CREATED',
    completedAt: undefined,
    errorMessage: undefined,
    place: undefined,
    format,
    source,
    given: { include: insights?.Include != null, exclude: insights?.Exclude != null, resultsMax: insights?.MaxResults != null },
    processed: undefined,
    exported: undefined,
  }
  const refusal = await commitDecision(store, async () => {
    const changes = await addJob(store, exportJobs, { ...job, createdAt: clock.now() })
    if (changes) return { answer: undefined, changes }
    const text = `There are too many <${source.kind}> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.`
    return refuse('LimitExceeded', { text })
  })
  if (isRefusal(refusal)) return refusal
  wakeJobs('export')
  return { JobId: id }
}
