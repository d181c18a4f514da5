// ListTenants, by name. Filters are looked through in bounded steps: a page may be short and still have a token.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { aggregateStatus } from '../../../../resources/may-send.ts'
import { type TenantRecord, tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'
import { tenantInfo } from './tenant-wire.ts'

const statuses = ['ENABLED', 'REINSTATED', 'DISABLED']

export const listTenants: Operation<'ListTenants'> = async (input, _call, { store, sealer, home }) => {
  const fault = judgeTenantPaging(input)
  if (fault) return fault
  const filter = readFilter(input.Filter, ['TENANT_NAME_CONTAINS', 'SENDING_STATUS'])
  if (isRefusal(filter)) return filter
  const { TENANT_NAME_CONTAINS: part, SENDING_STATUS: status } = filter
  if (status !== undefined && !statuses.includes(status)) return refuse('InvalidRequest', { text: `Invalid sending status ${status} specified.` })
  const page = openTenantPage(input, { sealer, home }, 'ListTenants', part ?? '', status ?? '')
  if (isRefusal(page)) return page
  const keep = (tenant: TenantRecord) => (part === undefined || tenant.name.includes(part)) && (status === undefined || aggregateStatus(tenant) === status)
  const { records, next } = await listPage(store, tenants, { after: page.after, limit: page.limit, ...((part ?? status) ? { keep } : {}) })
  return { Tenants: records.map(({ value }) => tenantInfo(home, value)), NextToken: page.tokenFor(next) ?? null }
}
