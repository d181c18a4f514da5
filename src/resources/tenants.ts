// Tenants: the compartments. One record per tenant, found by name; a second one finds it by id.
// Source: ses.md §1; SES developer guide "Tenants".
import { collection } from '../storage/store.ts'

/** Aggregate sending status of a tenant (SES `SendingStatus`). */
export type SendingStatus = 'ENABLED' | 'REINSTATED' | 'DISABLED'

/** A key and value that a resource carries. */
export interface Tag {
  readonly key: string
  readonly value: string
}

/** Why an address is on a suppression list (SES `SuppressionListReason`). */
export type SuppressionReason = 'BOUNCE' | 'COMPLAINT'

/** Whose suppression list counts and for which reasons; undefined members when never set. */
export interface SuppressionAttributes {
  readonly reasons: readonly SuppressionReason[]
  readonly scope: 'ACCOUNT' | 'TENANT'
}

/** One of the two status records of a reputation entity (SES `StatusRecord`). */
export interface StatusRecord {
  readonly status: SendingStatus
  /** 1 … 512 characters, for people. */
  readonly cause: string
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
}

/** A tenant together with its reputation entity: one record, so that the gate reads one thing. */
export interface TenantRecord {
  readonly name: string
  /** `tn-` and 30 hex digits; a re-created name gets a new one. */
  readonly id: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly suppression: SuppressionAttributes | undefined
  /** Name of the managed reputation policy. */
  readonly policy: 'none' | 'standard' | 'strict'
  /** Absent until the customer, or a policy, first wrote it. */
  readonly customerManaged: StatusRecord | undefined
  /** Written by the service side only. */
  readonly serviceManaged: StatusRecord | undefined
  /** Highest impact among open findings. */
  readonly impact: 'NONE' | 'LOW' | 'HIGH'
}

/** Tenants by name. */
export const tenants = collection<TenantRecord>('tenant')

/** Names of tenants by id. */
export const tenantsById = collection<{ readonly name: string }>('tenant-id')
