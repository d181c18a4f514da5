// ListTenantResources, by ARN. ResourceType on the wire is the ARN's segment, not the model's enum (ses.md §1.3); the filter takes both.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { parseArn } from '../../../../model/arn.ts'
import { associableTypes } from '../../../../resources/associable-resource.ts'
import { associationsByTenant } from '../../../../resources/associations.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { judgeTenantName, noSuchTenant } from '../../../../resources/tenant-name.ts'
import { tenants } from '../../../../resources/tenants.ts'
import { compositeKey } from '../../../../storage/store.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'

const modelSpelling: Record<string, string> = { EMAIL_IDENTITY: 'identity', CONFIGURATION_SET: 'configuration-set', EMAIL_TEMPLATE: 'template' }

export const listTenantResources: Operation<'ListTenantResources'> = async (input, _call, { store, sealer, home }) => {
  const name = input.TenantName ?? ''
  const fault = judgeTenantPaging(input) ?? judgeTenantName(name)
  if (fault) return fault
  const filter = readFilter(input.Filter, ['RESOURCE_TYPE'])
  if (isRefusal(filter)) return filter
  const asked = filter.RESOURCE_TYPE
  const type = asked === undefined ? undefined : (modelSpelling[asked] ?? asked)
  if (type !== undefined && !associableTypes.some((known) => known === type))
    return refuse('InvalidRequest', { text: `Invalid resource type ${asked} specified.` })
  const tenant = await store.get(tenants, name)
  if (!tenant) return noSuchTenant(name)
  const page = openTenantPage(input, { sealer, home }, 'ListTenantResources', tenant.value.id, type ?? '')
  if (isRefusal(page)) return page
  // The type stands in front of the name in the ARN, so that the filter is a key range.
  const prefix = compositeKey(name, type === undefined ? '' : `arn:aws:ses:${home.region}:${home.accountId}:${type}/`)
  const { records, next } = await listPage(store, associationsByTenant, { prefix, after: page.after, limit: page.limit })
  return {
    TenantResources: records.map(({ value }) => ({ ResourceType: parseArn(value.resourceArn)?.type as 'EMAIL_IDENTITY', ResourceArn: value.resourceArn })),
    NextToken: page.tokenFor(next) ?? null,
  }
}
