// UpdateReputationEntityCustomerManagedStatus: pause, reinstate, enable.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { withCustomerStatus } from '../../../../resources/reputation-status.ts'
import { tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'
import { findEntity } from './find-entity.ts'

export const updateReputationEntityCustomerManagedStatus: Operation<'UpdateReputationEntityCustomerManagedStatus'> = async (
  input,
  _call,
  { store, clock, home, statusChanged },
) => {
  const asked = input.SendingStatus
  if (asked !== 'ENABLED' && asked !== 'REINSTATED' && asked !== 'DISABLED')
    return refuse('InvalidRequest', {
      text:
        asked === undefined
          ? "1 validation error detected: Value at 'sendingStatus' failed to satisfy constraint: Member must not be null"
          : "1 validation error detected: Value at 'sendingStatus' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, REINSTATED, DISABLED]",
    })
  const refusal = await commitDecision(store, async () => {
    const entity = await findEntity(store, home, input, 'InvalidRequest')
    if (isRefusal(entity)) return entity
    const value = withCustomerStatus(entity.value, asked, clock.now())
    return { answer: undefined, changes: [{ type: 'put', collection: tenants, key: entity.key, value, expect: entity.version }] }
  })
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
