// GetImportJob. Bad records are told with a link to a file of them, also when the job as a whole ended well.
import { refuse } from '../../../../model/refusal.ts'
import { importJobs } from '../../../../resources/import-jobs.ts'
import { findJob } from '../../../../resources/jobs.ts'
import type { Operation } from '../../../operation.ts'
import { wireImportJob } from './import-job-wire.ts'

export const getImportJob: Operation<'GetImportJob'> = async (input, _call, { store, objects }) => {
  const id = input.JobId ?? ''
  const stored = await findJob(store, importJobs, id)
  if (!stored) return refuse('NotFound', { text: `Import job ${id} does not exist.` })
  const { url, format, completedAt, errorMessage, place } = stored.value
  const link = place === undefined ? undefined : await objects.linkTo(place)
  const failure = {
    ...(link === undefined ? {} : { FailedRecordsS3Url: link }),
    ...(errorMessage === undefined ? {} : { ErrorMessage: errorMessage }),
  }
  return {
    ...wireImportJob(stored.value),
    ImportDataSource: { S3Url: url, DataFormat: format },
    ...(completedAt === undefined ? {} : { CompletedTimestamp: new Date(completedAt) }),
    ...(Object.keys(failure).length === 0 ? {} : { FailureInfo: failure }),
  }
}
