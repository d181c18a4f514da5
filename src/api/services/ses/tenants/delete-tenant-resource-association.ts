// DeleteTenantResourceAssociation; removing one that is not there succeeds.
import { isRefusal } from '../../../../model/refusal.ts'
import { dissociateResource } from '../../../../resources/associate-resource.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import type { Operation } from '../../../operation.ts'

export const deleteTenantResourceAssociation: Operation<'DeleteTenantResourceAssociation'> = async (input, _call, { store, home, statusChanged }) => {
  const request = { tenantName: input.TenantName, resourceArn: input.ResourceArn }
  const refusal = await commitDecision(store, () => dissociateResource(store, home, request))
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
