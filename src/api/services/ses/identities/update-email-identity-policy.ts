// UpdateEmailIdentityPolicy; a missing name is 404, as the real service answers.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changePolicy } from '../../../../resources/identity-policies.ts'
import type { Operation } from '../../../operation.ts'

export const updateEmailIdentityPolicy: Operation<'UpdateEmailIdentityPolicy'> = async (input, _call, { store }) => {
  const refusal = await commitDecision(store, () =>
    changePolicy(store, input.EmailIdentity ?? '', input.PolicyName ?? '', { verb: 'update', text: input.Policy ?? '' }),
  )
  return isRefusal(refusal) ? refusal : {}
}
