// The tenant gate's judgement on states: one function for both doors and for the claim.
// Precedence of SES (ses.md §1.5): account, then configuration set, then tenant, then verification.
// Leaves to whom: association and existence are judged by intake/tenant-gate.ts, which knows what the request names.
import { refuse, type Refusal } from '../model/refusal.ts'
import type { Home } from '../model/arn.ts'
import type { AccountRecord } from './account.ts'
import type { ConfigurationSetRecord } from './configuration-sets.ts'
import type { SendingStatus, TenantRecord } from './tenants.ts'

/** SES's aggregate: DISABLED if either record says so, else REINSTATED if the customer's does, else ENABLED. */
export function aggregateStatus(tenant: Pick<TenantRecord, 'customerManaged' | 'serviceManaged'>): SendingStatus {
  if (tenant.customerManaged?.status === 'DISABLED' || tenant.serviceManaged?.status === 'DISABLED') return 'DISABLED'
  return tenant.customerManaged?.status === 'REINSTATED' ? 'REINSTATED' : 'ENABLED'
}

/**
 * May this message leave, as things stand now? Undefined means yes. A message that waits in the queue stays there on a no.
 */
export function maySend(
  home: Home,
  states: { account: AccountRecord; configurationSet: ConfigurationSetRecord | undefined; tenant: TenantRecord | undefined },
): Refusal | undefined {
  const { account, configurationSet, tenant } = states
  if (!account.sendingEnabled) return refuse('AccountPaused', { accountId: home.accountId })
  if (configurationSet && !configurationSet.sendingEnabled) return refuse('ConfigurationSetPaused', { name: configurationSet.name })
  if (tenant && aggregateStatus(tenant) === 'DISABLED') return refuse('TenantPaused', { tenantName: tenant.name })
  return undefined
}
