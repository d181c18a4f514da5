// ListExportJobs, newest first.
import { isRefusal } from '../../../../model/refusal.ts'
import { type ExportJobRecord, exportJobs } from '../../../../resources/export-jobs.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { exportJobPaging, readPage } from '../paging.ts'
import { wireExportJob } from './export-job-wire.ts'

export const listExportJobs: Operation<'ListExportJobs'> = async (input, _call, { store, sealer, home }) => {
  const { ExportSourceType: kind, JobStatus: status } = input
  const page = readPage(input, exportJobPaging, { sealer, home }, 'ListExportJobs', kind ?? '', status ?? '')
  if (isRefusal(page)) return page
  const keep = (job: ExportJobRecord) => (kind == null || job.source.kind === kind) && (status == null || job.status === status)
  const isSelected = kind != null || status != null
  const { records, next } = await listPage(store, exportJobs.jobs, { after: page.after, limit: page.limit, ...(isSelected ? { keep } : {}) })
  const token = page.tokenFor(next)
  return { ExportJobs: records.map(({ value }) => wireExportJob(value)), ...(token === undefined ? {} : { NextToken: token }) }
}
