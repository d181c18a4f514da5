// ListIdentityPolicies: names only; there are never more than twenty.
import { isRefusal } from '../../../../model/refusal.ts'
import { getEmailIdentityPolicies } from '../../ses/identities/get-email-identity-policies.ts'
import type { V1Operation } from '../operation.ts'

export const listIdentityPolicies: V1Operation<'ListIdentityPolicies'> = async (input, call, parts) => {
  const answer = await getEmailIdentityPolicies({ EmailIdentity: input.Identity }, call, parts)
  return isRefusal(answer) ? answer : { PolicyNames: Object.keys(answer.Policies ?? {}) }
}
