// GetExportJob. The link to the file is made for each answer, and works for a time. An unknown job is a BadRequestException, as in SES.
import { refuse } from '../../../../model/refusal.ts'
import { exportJobs } from '../../../../resources/export-jobs.ts'
import { findJob } from '../../../../resources/jobs.ts'
import type { Operation } from '../../../operation.ts'
import { wireExportJob, wireSource } from './export-job-wire.ts'

export const getExportJob: Operation<'GetExportJob'> = async (input, _call, { store, objects }) => {
  const stored = await findJob(store, exportJobs, input.JobId ?? '')
  if (!stored) return refuse('InvalidRequest', { text: 'Invalid JobId' })
  const { format, place, errorMessage, processed, exported } = stored.value
  const link = place === undefined ? undefined : await objects.linkTo(place)
  return {
    ...wireExportJob(stored.value),
    ExportDataSource: wireSource(stored.value),
    ExportDestination: { DataFormat: format, ...(link === undefined ? {} : { S3Url: link }) },
    ...(errorMessage === undefined ? {} : { FailureInfo: { ErrorMessage: errorMessage } }),
    ...(processed === undefined ? {} : { Statistics: { ProcessedRecordsCount: processed, ExportedRecordsCount: exported } }),
  }
}
