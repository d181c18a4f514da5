// Giving a resource to a tenant and taking it away. Both directions of the pair change in one commit.
import type { Home } from '../model/arn.ts'
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import { type Change, compositeKey, type Store } from '../storage/store.ts'
import { parseAssociableArn, requireResource } from './associable-resource.ts'
import { type AssociationRecord, associationsByResource, associationsByTenant } from './associations.ts'
import { requireNotClosing } from './closing.ts'
import type { Decision } from './commit-record.ts'
import { judgeTenantName, noSuchTenant } from './tenant-name.ts'
import { tenants } from './tenants.ts'

/** Who gets what, as the request says it. */
export interface AssociationRequest {
  readonly tenantName: string | undefined
  readonly resourceArn: string | undefined
}

/** Decides a new association. Order of checks: name, form of the ARN, tenant, resource, duplicate. */
export async function associateResource(
  store: Pick<Store, 'get'>,
  home: Home,
  now: number,
  request: AssociationRequest,
): Promise<Decision<undefined> | Refusal> {
  const named = await findPair(store, home, request)
  if (isRefusal(named)) return named
  const { tenant, tenantVersion, resource } = named
  const missing = await requireResource(store, resource)
  if (missing) return missing
  const key = compositeKey(tenant.name, resource.arn)
  if (await store.get(associationsByTenant, key))
    return refuse('AlreadyExists', { text: `Resources ${resource.arn} has already been associated with tenant ${tenant.name}` })
  const open = await requireNotClosing(store, resource.arn, now)
  if (!open) return refuse('Conflict', { text: 'The resource is being deleted by another request at the same time. Try again.' })
  const value: AssociationRecord = { tenantName: tenant.name, tenantId: tenant.id, resourceArn: resource.arn, associatedAt: now }
  return {
    answer: undefined,
    changes: [
      // This very tenant: one that was deleted and made anew under the name has another version.
      { type: 'require', collection: tenants, key: tenant.name, expect: tenantVersion },
      { type: 'require', collection: resource.collection, key: resource.name, expect: 'present' },
      ...open,
      { type: 'put', collection: associationsByTenant, key, value, expect: 'absent' },
      { type: 'put', collection: associationsByResource, key: byResourceKey(value), value },
    ],
  }
}

/** Decides the end of an association; one that is not there is no fault. */
export async function dissociateResource(store: Pick<Store, 'get'>, home: Home, request: AssociationRequest): Promise<Decision<undefined> | Refusal> {
  const named = await findPair(store, home, request)
  if (isRefusal(named)) return named
  const stored = await store.get(associationsByTenant, compositeKey(named.tenant.name, named.resource.arn))
  return { answer: undefined, changes: stored ? removeAssociation(stored.value, stored.version) : [] }
}

/** Removes both records of a pair. */
export function removeAssociation(association: AssociationRecord, version?: number): Change[] {
  const key = compositeKey(association.tenantName, association.resourceArn)
  return [
    { type: 'remove', collection: associationsByTenant, key, ...(version === undefined ? {} : { expect: version }) },
    { type: 'remove', collection: associationsByResource, key: byResourceKey(association) },
  ]
}

function byResourceKey({ resourceArn, associatedAt, tenantName }: AssociationRecord): string {
  return compositeKey(resourceArn, String(associatedAt).padStart(15, '0'), tenantName)
}

async function findPair(store: Pick<Store, 'get'>, home: Home, { tenantName, resourceArn }: AssociationRequest) {
  const name = tenantName ?? ''
  const fault = judgeTenantName(name)
  if (fault) return fault
  const resource = parseAssociableArn(resourceArn, home)
  if (isRefusal(resource)) return resource
  const stored = await store.get(tenants, name)
  return stored ? { tenant: stored.value, tenantVersion: stored.version, resource } : noSuchTenant(name)
}
