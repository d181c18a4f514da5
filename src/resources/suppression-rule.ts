// Whose suppression list counts for a message and for which reasons: configuration set before tenant before account, scope and
// reasons each for itself (ses.md §7.1). One rule for the check at acceptance and for what a bounce or complaint writes.
import type { Change, Store } from '../storage/store.ts'
import type { AccountRecord } from './account.ts'
import type { ConfigurationSetRecord } from './configuration-sets.ts'
import { listAddress, type SuppressedAddress, type SuppressionListId, suppressedAddresses, suppressionKey, usedSuppressionLists } from './suppression-list.ts'
import { type SuppressionReason, type TenantRecord, tenantsById } from './tenants.ts'

/** The records that decide. */
export interface SuppressionStates {
  readonly account: Pick<AccountRecord, 'suppressedReasons'>
  readonly tenant: Pick<TenantRecord, 'id' | 'suppression'> | undefined
  readonly configurationSet: Pick<ConfigurationSetRecord, 'suppression'> | undefined
}

/** What counts for one message. */
export interface SuppressionRule {
  readonly scope: 'ACCOUNT' | 'TENANT'
  /** The list that is read and written; undefined: the tenant's is meant and there is no tenant. */
  readonly list: SuppressionListId | undefined
  /** None: nothing is suppressed and nothing is written. */
  readonly reasons: readonly SuppressionReason[]
}

/** The rule for a send with these records. */
export function suppressionRule({ account, tenant, configurationSet }: SuppressionStates): SuppressionRule {
  const scope = configurationSet?.suppression?.scope ?? tenant?.suppression?.scope ?? 'ACCOUNT'
  const reasons = configurationSet?.suppression?.reasons ?? tenant?.suppression?.reasons ?? account.suppressedReasons
  return { scope, list: scope === 'ACCOUNT' ? 'account' : tenant?.id, reasons }
}

/** Why mail to `address` is not delivered, or undefined when it is. One look-up, from the store's memory for an address that is used again. */
export async function findSuppression(store: Pick<Store, 'get'>, { list, reasons }: SuppressionRule, address: string): Promise<SuppressionReason | undefined> {
  if (list === undefined || reasons.length === 0) return undefined
  // Every recipient of every message comes here; most lists are empty, and then this is answered from memory.
  if (!(await store.get(usedSuppressionLists, list))) return undefined
  const entry = await store.get(suppressedAddresses, suppressionKey(list, address))
  return entry && reasons.includes(entry.value.reason) ? entry.value.reason : undefined
}

/**
 * Decides what a hard bounce or a complaint writes: an entry of the list that the rule names, or nothing. An entry that suppresses already stays
 * as it is, so that several bounces of one address make one entry. Conflicts when the list or the tenant changed meanwhile: decide anew.
 */
export async function decideListing(store: Pick<Store, 'get'>, rule: SuppressionRule, entry: SuppressedAddress): Promise<readonly Change[]> {
  const { list, reasons } = rule
  if (list === undefined || !reasons.includes(entry.reason)) return []
  const before = await store.get(suppressedAddresses, suppressionKey(list, entry.address))
  if (before && reasons.includes(before.value.reason)) return []
  const changes = listAddress(list, entry, before)
  return list === 'account' ? changes : [{ type: 'require', collection: tenantsById, key: list, expect: 'present' }, ...changes]
}
