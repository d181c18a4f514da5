// CreateEmailIdentityPolicy; duplicate names are refused.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { changePolicy } from '../../../../resources/identity-policies.ts'
import type { Operation } from '../../../operation.ts'

export const createEmailIdentityPolicy: Operation<'CreateEmailIdentityPolicy'> = async (input, _call, { store }) => {
  const refusal = await commitDecision(store, () =>
    changePolicy(store, input.EmailIdentity ?? '', input.PolicyName ?? '', { verb: 'create', text: input.Policy ?? '' }),
  )
  return isRefusal(refusal) ? refusal : {}
}
