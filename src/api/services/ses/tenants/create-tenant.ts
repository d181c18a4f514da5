// CreateTenant. Of two at once for one name exactly one wins.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createTenantRecord } from '../../../../resources/create-tenant.ts'
import type { Operation } from '../../../operation.ts'
import { readTags, wireTenant } from './tenant-wire.ts'
import { sweepTenant } from '../../../../resources/sweep-tenant.ts'

export const createTenant: Operation<'CreateTenant'> = async (input, _call, { store, clock, random, home }) => {
  const request = {
    name: input.TenantName,
    tags: readTags(input.Tags),
    suppressedReasons: input.SuppressionAttributes?.SuppressedReasons,
    suppressionScope: input.SuppressionAttributes?.SuppressionScope,
  }
  const tenant = await commitDecision(store, async () => {
    const decision = await createTenantRecord({ store, random, home, now: clock.now() }, request)
    // A deletion that a crash cut short, or that runs at this moment: its rest must not become the new tenant's.
    if (!isRefusal(decision)) await sweepTenant(store, decision.answer.name)
    return decision
  })
  return isRefusal(tenant) ? tenant : wireTenant(home, tenant)
}
