// From the path of a reputation operation to the tenant it means.
import { type Home, homePartition, parseArn } from '../../../../model/arn.ts'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import { findTenantById, parseTenantRemainder } from '../../../../resources/tenant-arn.ts'
import type { TenantRecord } from '../../../../resources/tenants.ts'
import type { Store, Stored } from '../../../../storage/store.ts'

/**
 * Finds the tenant behind a reference: its ARN, in the long or the short form.
 * @param unknown the row for one that is not there; the two updates do not model NotFound.
 */
export async function findEntity(
  store: Pick<Store, 'get'>,
  home: Home,
  input: { ReputationEntityType?: string | undefined; ReputationEntityReference?: string | undefined },
  unknown: 'NotFound' | 'InvalidRequest',
): Promise<Stored<TenantRecord> | Refusal> {
  const { ReputationEntityType: type, ReputationEntityReference: reference = '' } = input
  if (type !== 'RESOURCE')
    return refuse('InvalidRequest', {
      text: `1 validation error detected: Value at 'reputationEntityType' failed to satisfy constraint: Member must satisfy enum value set: [RESOURCE]`,
    })
  const parts = parseArn(reference)
  if (parts?.service !== 'ses' || parts.partition !== homePartition || parts.type !== 'tenant')
    return refuse('InvalidRequest', { text: 'The reputation entity reference must be the ARN of a tenant.' })
  if (parts.region !== home.region) return refuse('InvalidRequest', { text: `Resource <${reference}> must be in the same region` })
  if (parts.accountId !== home.accountId) return refuse('InvalidRequest', { text: `Resource <${reference}> must be in the same account` })
  const stored = await findTenantById(store, parseTenantRemainder(parts.name).id)
  return stored ?? refuse(unknown, { text: `The requested reputation entity <${reference}> does not exist.` })
}
