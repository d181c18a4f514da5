// DeletePoolWarmupPlan: the pool warms up by SES's schedule again.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changeWarmupPlan } from '../../../../resources/warmup-plan.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { ipsAnswer } from './ip-wire.ts'

/** DELETE /bulkhead/v1/pools/{PoolName}/warmup-plan */
export const deletePoolWarmupPlan: OwnOperation = {
  name: 'DeletePoolWarmupPlan',
  method: 'DELETE',
  path: '/bulkhead/v1/pools/{PoolName}/warmup-plan',
  async handle({ labels }, _call, parts) {
    const refusal = await commitDecision(parts.store, () => changeWarmupPlan(parts.store, labels.PoolName ?? '', undefined))
    if (isRefusal(refusal)) return refusal
    parts.statusChanged()
    return ipsAnswer(parts)
  },
}
