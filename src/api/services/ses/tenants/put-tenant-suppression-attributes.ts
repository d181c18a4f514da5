// PutTenantSuppressionAttributes. The request is judged before the tenant is looked for.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { judgeTenantName, noSuchTenant } from '../../../../resources/tenant-name.ts'
import { judgeTenantSuppression } from '../../../../resources/tenant-suppression.ts'
import { tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'

export const putTenantSuppressionAttributes: Operation<'PutTenantSuppressionAttributes'> = async (input, _call, { store }) => {
  const name = input.TenantName ?? ''
  const fault = judgeTenantName(name)
  if (fault) return fault
  const suppression = judgeTenantSuppression(input.SuppressedReasons, input.SuppressionScope)
  if (isRefusal(suppression)) return suppression
  const refusal = await commitDecision(store, async () => {
    const stored = await store.get(tenants, name)
    if (!stored) return noSuchTenant(name)
    const value = { ...stored.value, suppression: suppression.attributes }
    return { answer: undefined, changes: [{ type: 'put', collection: tenants, key: name, value, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
