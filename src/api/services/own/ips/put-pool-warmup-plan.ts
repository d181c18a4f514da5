// PutPoolWarmupPlan: caps of one's own for each day of a standard pool's warm-up, instead of SES's 45 days.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changeWarmupPlan } from '../../../../resources/warmup-plan.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { ipsAnswer } from './ip-wire.ts'

/** PUT /bulkhead/v1/pools/{PoolName}/warmup-plan?DailyCaps=50,100,200 */
export const putPoolWarmupPlan: OwnOperation = {
  name: 'PutPoolWarmupPlan',
  method: 'PUT',
  path: '/bulkhead/v1/pools/{PoolName}/warmup-plan',
  async handle({ labels, query }, _call, parts) {
    const given = query.get('DailyCaps')
    if (given === undefined) return refuse('InvalidRequest', { text: 'DailyCaps must be given: a whole number for each day, separated by commas.' })
    const refusal = await commitDecision(parts.store, () => changeWarmupPlan(parts.store, labels.PoolName ?? '', given))
    if (isRefusal(refusal)) return refusal
    parts.statusChanged()
    return ipsAnswer(parts)
  },
}
