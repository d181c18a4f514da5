// Findings: what is wrong with a tenant's or an identity's mail, in the words of SES "recommendations". Source: ses.md §2.4.
// Leaves to whom: nothing writes findings yet; whoever judges reputation will, and will keep the key.
import { collection, compositeKey } from '../storage/store.ts'

/** Types, as the wire spells them. */
export const findingTypes = ['DKIM', 'DMARC', 'SPF', 'BIMI', 'COMPLAINT', 'BOUNCE', 'FEEDBACK_3P', 'IP_LISTING'] as const

/** One finding. A cause that comes back is a new one. */
export interface FindingRecord {
  /** ARN of the tenant, identity or account it is about. */
  readonly resourceArn: string
  readonly type: (typeof findingTypes)[number]
  readonly description: string
  readonly status: 'OPEN' | 'FIXED'
  readonly impact: 'LOW' | 'HIGH'
  readonly createdAt: number
  readonly updatedAt: number
}

/** By resource, then time, so that those of one resource are one range; key by `findingKey`. */
export const findings = collection<FindingRecord>('finding')

/** Key of a finding. */
export function findingKey({ resourceArn, createdAt, type }: Pick<FindingRecord, 'resourceArn' | 'createdAt' | 'type'>): string {
  return compositeKey(resourceArn, String(createdAt).padStart(15, '0'), type)
}
