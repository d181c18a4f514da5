// ListResourceTenants, oldest association first.
import { isRefusal } from '../../../../model/refusal.ts'
import { parseAssociableArn, requireResource } from '../../../../resources/associable-resource.ts'
import { associationsByResource } from '../../../../resources/associations.ts'
import { sweptTenants } from '../../../../resources/delete-tenant.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { compositeKey } from '../../../../storage/store.ts'
import type { Operation } from '../../../operation.ts'
import { judgeTenantPaging, openTenantPage } from '../paging.ts'

export const listResourceTenants: Operation<'ListResourceTenants'> = async (input, _call, { store, sealer, home }) => {
  const fault = judgeTenantPaging(input)
  if (fault) return fault
  const resource = parseAssociableArn(input.ResourceArn, home)
  if (isRefusal(resource)) return resource
  const missing = await requireResource(store, resource)
  if (missing) return missing
  const page = openTenantPage(input, { sealer, home }, 'ListResourceTenants', resource.arn)
  if (isRefusal(page)) return page
  const { records, next } = await listPage(store, associationsByResource, { prefix: compositeKey(resource.arn, ''), after: page.after, limit: page.limit })
  // While a deleted tenant is swept its associations are still there; the tenant is not.
  const gone = await Promise.all(records.map(({ value }) => store.get(sweptTenants, value.tenantName)))
  return {
    ResourceTenants: records.flatMap(({ value }, index) =>
      gone[index]
        ? []
        : [{ TenantName: value.tenantName, TenantId: value.tenantId, ResourceArn: value.resourceArn, AssociatedTimestamp: new Date(value.associatedAt) }],
    ),
    NextToken: page.tokenFor(next) ?? null,
  }
}
