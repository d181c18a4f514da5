// GetIdentityPolicies: the texts of the named ones; a name that is not there is left out.
import { isRefusal } from '../../../../model/refusal.ts'
import { getEmailIdentityPolicies } from '../../ses/identities/get-email-identity-policies.ts'
import type { V1Operation } from '../operation.ts'

export const getIdentityPolicies: V1Operation<'GetIdentityPolicies'> = async (input, call, parts) => {
  const answer = await getEmailIdentityPolicies({ EmailIdentity: input.Identity }, call, parts)
  if (isRefusal(answer)) return answer
  const asked = new Set(input.PolicyNames)
  return { Policies: Object.fromEntries(Object.entries(answer.Policies ?? {}).filter(([name]) => asked.has(name))) }
}
