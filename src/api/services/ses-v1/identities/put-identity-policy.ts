// PutIdentityPolicy: writes a policy whether or not there was one of that name.
import { isRefusal } from '../../../../model/refusal.ts'
import { createEmailIdentityPolicy } from '../../ses/identities/create-email-identity-policy.ts'
import { updateEmailIdentityPolicy } from '../../ses/identities/update-email-identity-policy.ts'
import type { V1Operation } from '../operation.ts'

export const putIdentityPolicy: V1Operation<'PutIdentityPolicy'> = async ({ Identity, PolicyName, Policy }, call, parts) => {
  const policy = { EmailIdentity: Identity, PolicyName, Policy }
  const changed = await updateEmailIdentityPolicy(policy, call, parts)
  // An identity that does not exist is told by the second try.
  return isRefusal(changed) && changed.name === 'NotFound' ? createEmailIdentityPolicy(policy, call, parts) : changed
}
