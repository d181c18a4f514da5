// Which resources a tenant may use, readable in both directions. Source: ses.md §1.4.
// Both records of a pair are always written in one commit.
import { collection } from '../storage/store.ts'

/** One association. */
export interface AssociationRecord {
  readonly tenantName: string
  readonly tenantId: string
  readonly resourceArn: string
  readonly associatedAt: number
}

/** By tenant: key is `compositeKey(tenantName, resourceArn)`. */
export const associationsByTenant = collection<AssociationRecord>('association-by-tenant')

/** By resource: key is `compositeKey(resourceArn, associatedAt in 15 digits, tenantName)`, so that a page is in order of time. */
export const associationsByResource = collection<AssociationRecord>('association-by-resource')
