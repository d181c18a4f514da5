// GetEmailIdentityPolicies: texts by name.
import { isRefusal } from '../../../../model/refusal.ts'
import { readPolicies, requirePolicyIdentity } from '../../../../resources/identity-policies.ts'
import type { Operation } from '../../../operation.ts'

export const getEmailIdentityPolicies: Operation<'GetEmailIdentityPolicies'> = async (input, _call, { store }) => {
  const identity = await requirePolicyIdentity(store, input.EmailIdentity ?? '')
  return isRefusal(identity) ? identity : { Policies: await readPolicies(store, identity.value) }
}
