// ListImportJobs, newest first.
import { isRefusal } from '../../../../model/refusal.ts'
import { type ImportJobRecord, importJobs } from '../../../../resources/import-jobs.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'
import { wireImportJob } from './import-job-wire.ts'

export const listImportJobs: Operation<'ListImportJobs'> = async (input, _call, { store, sealer, home }) => {
  const fault = judgeTenantPaging(input)
  if (fault) return fault
  const { ImportDestinationType: kind } = input
  const page = openTenantPage(input, { sealer, home }, 'ListImportJobs', kind ?? '')
  if (isRefusal(page)) return page
  const keep = ({ destination }: ImportJobRecord) => destination.kind === kind
  const { records, next } = await listPage(store, importJobs.jobs, { after: page.after, limit: page.limit, ...(kind == null ? {} : { keep }) })
  const token = page.tokenFor(next)
  return { ImportJobs: records.map(({ value }) => wireImportJob(value)), ...(token === undefined ? {} : { NextToken: token }) }
}
