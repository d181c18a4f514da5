// UpdateReputationEntityPolicy: none, standard or strict.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { parsePolicyArn } from '../../../../resources/reputation-status.ts'
import { tenants } from '../../../../resources/tenants.ts'
import type { Operation } from '../../../operation.ts'
import { findEntity } from './find-entity.ts'

export const updateReputationEntityPolicy: Operation<'UpdateReputationEntityPolicy'> = async (input, _call, { store, home, statusChanged }) => {
  const asked = input.ReputationEntityPolicy ?? ''
  const policy = parsePolicyArn(home, asked)
  if (!policy) return refuse('InvalidRequest', { text: `Invalid reputation policy <${asked}>.` })
  const refusal = await commitDecision(store, async () => {
    const entity = await findEntity(store, home, input, 'InvalidRequest')
    if (isRefusal(entity)) return entity
    return { answer: undefined, changes: [{ type: 'put', collection: tenants, key: entity.key, value: { ...entity.value, policy }, expect: entity.version }] }
  })
  if (isRefusal(refusal)) return refusal
  statusChanged()
  return {}
}
