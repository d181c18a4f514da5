// From an ARN to the tenant it names. SES resolves by the id segment alone and takes a remainder without slash as the id (ses.md §1.1).
import type { Store, Stored } from '../storage/store.ts'
import { type TenantRecord, tenants, tenantsById } from './tenants.ts'

/** The parts of an ARN's remainder behind `tenant/`. */
export function parseTenantRemainder(remainder: string): { name: string | null; id: string } {
  const slash = remainder.indexOf('/')
  return slash < 0 ? { name: null, id: remainder } : { name: remainder.slice(0, slash), id: remainder.slice(slash + 1) }
}

/** Finds a tenant by its id. */
export async function findTenantById(store: Pick<Store, 'get'>, id: string): Promise<Stored<TenantRecord> | undefined> {
  const named = await store.get(tenantsById, id)
  const tenant = named && (await store.get(tenants, named.value.name))
  return tenant?.value.id === id ? tenant : undefined
}
