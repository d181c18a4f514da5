// ListReputationEntities, one entity for each tenant, by tenant name.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { sesArn } from '../../../../model/arn.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { aggregateStatus } from '../../../../resources/may-send.ts'
import { type TenantRecord, tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'
import { tenantArn, wireReputationEntity } from '../tenants/tenant-wire.ts'

const values: Record<string, readonly string[]> = {
  ENTITY_TYPE: ['RESOURCE'],
  REPUTATION_IMPACT: ['LOW', 'HIGH', 'NONE'],
  SENDING_STATUS: ['ENABLED', 'REINSTATED', 'DISABLED'],
}

export const listReputationEntities: Operation<'ListReputationEntities'> = async (input, _call, { store, sealer, home }) => {
  const fault = judgeTenantPaging(input)
  if (fault) return fault
  const filter = readFilter(input.Filter, ['ENTITY_TYPE', 'REPUTATION_IMPACT', 'SENDING_STATUS', 'ENTITY_REFERENCE_PREFIX'])
  if (isRefusal(filter)) return filter
  for (const [key, known] of Object.entries(values)) {
    const value = filter[key as keyof typeof filter]
    if (value !== undefined && !known.includes(value))
      return refuse('InvalidRequest', { text: `Invalid value ${value} for filter ${key}. Valid values are: ${known.join(', ')}` })
  }
  const { REPUTATION_IMPACT: impact, SENDING_STATUS: status, ENTITY_REFERENCE_PREFIX: start } = filter
  const page = openTenantPage(input, { sealer, home }, 'ListReputationEntities', impact ?? '', status ?? '', start ?? '')
  if (isRefusal(page)) return page
  const keep = (tenant: TenantRecord) =>
    (impact === undefined || tenant.impact === impact) &&
    (status === undefined || aggregateStatus(tenant) === status) &&
    (start === undefined || tenantArn(home, tenant).startsWith(start))
  const { records, next } = await listPage(store, tenants, {
    after: page.after,
    limit: page.limit,
    prefix: start === undefined ? undefined : namePrefix(start, sesArn(home, 'tenant', '')),
    ...((impact ?? status ?? start) === undefined ? {} : { keep }),
  })
  return { ReputationEntities: records.map(({ value }) => wireReputationEntity(home, value)), NextToken: page.tokenFor(next) ?? null }
}

/** What the beginning of an ARN says about the tenant's name: it bounds the range, so that only names that can match are read. */
function namePrefix(start: string, family: string): string | undefined {
  return (start.startsWith(family) && start.slice(family.length).split('/')[0]) || undefined
}
