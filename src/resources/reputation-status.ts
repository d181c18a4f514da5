// What the customer may change on a reputation entity, and what it leads to. Source: ses.md §2.2, §2.3.
import type { Home } from '../model/arn.ts'
import type { SendingStatus, TenantRecord } from './tenants.ts'

const policies = ['none', 'standard', 'strict'] as const

/** The ARN of a managed policy; its account is the literal `aws`. */
export function policyArn(home: Home, policy: TenantRecord['policy']): string {
  return `arn:aws:ses:${home.region}:aws:reputation-policy/${policy}`
}

/** The managed policy that an ARN names, or undefined. */
export function parsePolicyArn(home: Home, arn: string): TenantRecord['policy'] | undefined {
  return policies.find((policy) => policyArn(home, policy) === arn)
}

/**
 * The tenant after the customer asked for a sending status. Asking for ENABLED while findings are open leads from DISABLED
 * to REINSTATED, and leaves REINSTATED as it is: the end of the findings makes it ENABLED.
 */
export function withCustomerStatus(tenant: TenantRecord, asked: SendingStatus, now: number): TenantRecord {
  const before = tenant.customerManaged?.status ?? 'ENABLED'
  const status = asked === 'ENABLED' && before !== 'ENABLED' && tenant.impact !== 'NONE' ? 'REINSTATED' : asked
  return { ...tenant, customerManaged: { status, cause: 'Status manually updated.', updatedAt: now } }
}
