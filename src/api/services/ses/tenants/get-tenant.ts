// GetTenant.
import { judgeTenantName, noSuchTenant } from '../../../../resources/tenant-name.ts'
import { tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'
import { wireTenant } from './tenant-wire.ts'

export const getTenant: Operation<'GetTenant'> = async (input, _call, { store, home }) => {
  const name = input.TenantName ?? ''
  const fault = judgeTenantName(name)
  if (fault) return fault
  const stored = await store.get(tenants, name)
  return stored ? { Tenant: wireTenant(home, stored.value) } : noSuchTenant(name)
}
