// Records of the pools that tenants go by; rules about them stand in tenant-pool.ts.
import { collection, compositeKey } from '../storage/store.ts'

/** Pool by tenant name; the record goes when the tenant does. */
export const tenantPools = collection<{ readonly poolName: string }>('tenant-pool')

/** Tenants by pool, so that a pool that is somebody's default does not go. */
export const poolTenants = collection<{ readonly tenantName: string }>('pool-tenant')

/** All tenants of a pool are one range. */
export function poolTenantPrefix(poolName: string): string {
  return compositeKey(poolName, '')
}
