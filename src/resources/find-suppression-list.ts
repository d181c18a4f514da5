// Which suppression list a request names: the account's, or a tenant's. The tenant's scope does not matter here (ses.md §7.2).
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Change, Store } from '../storage/store.ts'
import type { SuppressionListId } from './suppression-list.ts'
import { judgeTenantName, noSuchTenant } from './tenant-name.ts'
import { tenants, tenantsById } from './tenants.ts'

/** A list that a request may work on. */
export interface NamedSuppressionList {
  readonly list: SuppressionListId
  /** Undefined: the account's. */
  readonly tenantName: string | undefined
  /** Belongs to a commit that writes an entry: the tenant must still be there. */
  readonly require: readonly Change[]
}

/** Finds it. @param tenantName absent means the account. */
export async function findSuppressionList(store: Pick<Store, 'get'>, tenantName: string | null | undefined): Promise<NamedSuppressionList | Refusal> {
  if (tenantName == null) return { list: 'account', tenantName: undefined, require: [] }
  const fault = judgeTenantName(tenantName)
  if (fault) return fault
  const tenant = await store.get(tenants, tenantName)
  if (!tenant) return noSuchTenant(tenantName)
  const { id } = tenant.value
  return { list: id, tenantName, require: [{ type: 'require', collection: tenantsById, key: id, expect: 'present' }] }
}

/** The refusal for an address that is not on the list. */
export function notOnSuppressionList({ tenantName }: NamedSuppressionList, address: string): Refusal {
  return refuse('NotFound', { text: `Email address ${address} does not exist on your ${tenantName === undefined ? '' : 'tenant '}suppression list.` })
}
