// CreateTenantResourceAssociation.
import { isRefusal } from '../../../../model/refusal.ts'
import { associateResource } from '../../../../resources/associate-resource.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import type { Operation } from '../../../operation.ts'

export const createTenantResourceAssociation: Operation<'CreateTenantResourceAssociation'> = async (input, _call, { store, clock, home, statusChanged }) => {
  const request = { tenantName: input.TenantName, resourceArn: input.ResourceArn }
  const refusal = await commitDecision(store, () => associateResource(store, home, clock.now(), request))
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
