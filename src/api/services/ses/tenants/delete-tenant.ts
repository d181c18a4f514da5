// DeleteTenant. The tenant is gone with the first commit; its associations follow before the answer.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { deleteTenantRecord } from '../../../../resources/delete-tenant.ts'
import { judgeTenantName } from '../../../../resources/tenant-name.ts'
import type { Operation } from '../../../operation.ts'
import { sweepTenant } from '../../../../resources/sweep-tenant.ts'

export const deleteTenant: Operation<'DeleteTenant'> = async (input, _call, { store, clock, statusChanged }) => {
  const name = input.TenantName ?? ''
  const fault = judgeTenantName(name)
  if (fault) return fault
  const refusal = await commitDecision(store, () => deleteTenantRecord(store, name, clock.now()))
  if (isRefusal(refusal)) return refusal
  statusChanged()
  await sweepTenant(store, name)
  return {}
}
