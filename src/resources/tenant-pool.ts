// The pool that a tenant's mail goes by when its configuration set names none. SES has no such object: ours, in a record beside the tenant's.
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import { type Change, compositeKey, type Store } from '../storage/store.ts'
import type { Decision } from './commit-record.ts'
import { dedicatedIpPools, dedicatedIps, defaultPoolName, readDedicatedIps, requirePool, sharedPoolName } from './dedicated-ips.ts'
import { poolTenants, tenantPools } from './pool-tenants.ts'
import { noSuchTenant } from './tenant-name.ts'
import { tenants } from './tenants.ts'

/** Decides a tenant's pool; undefined takes it away. */
export async function changeTenantPool(store: Pick<Store, 'get'>, tenantName: string, poolName: string | undefined): Promise<Decision<undefined> | Refusal> {
  if (!(await store.get(tenants, tenantName))) return noSuchTenant(tenantName)
  const present = await store.get(tenantPools, tenantName)
  const changes: Change[] = [{ type: 'require', collection: tenants, key: tenantName, expect: 'present' }]
  if (present) changes.push({ type: 'remove', collection: poolTenants, key: compositeKey(present.value.poolName, tenantName) })
  if (poolName === undefined) {
    if (!present) return { answer: undefined, changes: [] }
    return { answer: undefined, changes: [...changes, { type: 'remove', collection: tenantPools, key: tenantName, expect: present.version }] }
  }
  const named = await nameable(store, poolName)
  if (isRefusal(named)) return named
  const { value, version } = await readDedicatedIps(store)
  changes.push(...named, { type: 'put', collection: tenantPools, key: tenantName, value: { poolName }, expect: present?.version ?? 'absent' })
  changes.push({ type: 'put', collection: poolTenants, key: compositeKey(poolName, tenantName), value: { tenantName } })
  if (!value.tenantPools) changes.push({ type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, tenantPools: true }, expect: version })
  return { answer: undefined, changes }
}

/** What goes with a tenant. */
export async function removeTenantPool(store: Pick<Store, 'get'>, tenantName: string): Promise<Change[]> {
  const present = await store.get(tenantPools, tenantName)
  if (!present) return [{ type: 'require', collection: tenantPools, key: tenantName, expect: 'absent' }]
  return [
    { type: 'remove', collection: tenantPools, key: tenantName, expect: present.version },
    { type: 'remove', collection: poolTenants, key: compositeKey(present.value.poolName, tenantName) },
  ]
}

/** Decides the pool of mail that no pool is named for; the default pool is what there is without a decision. */
export async function changeAccountPool(store: Pick<Store, 'get'>, poolName: string): Promise<Decision<undefined> | Refusal> {
  const named = await nameable(store, poolName)
  if (isRefusal(named)) return named
  const { value, version } = await readDedicatedIps(store)
  const accountPool = poolName === defaultPoolName || poolName === sharedPoolName ? undefined : poolName
  return { answer: undefined, changes: [...named, { type: 'put', collection: dedicatedIps, key: 'all', value: { ...value, accountPool }, expect: version }] }
}

/** Changes that make sure that the pool is still there when it is named: its record gets another version, which its end would have to see. */
async function nameable(store: Pick<Store, 'get'>, poolName: string): Promise<Change[] | Refusal> {
  if (poolName.trim() === '') return refuse('InvalidRequest', { text: "Pool name can't be blank." })
  if (poolName === defaultPoolName || poolName === sharedPoolName) return []
  const pool = await requirePool(store, poolName)
  if (isRefusal(pool)) return pool
  return [{ type: 'put', collection: dedicatedIpPools, key: poolName, value: pool.value, expect: pool.version }]
}
