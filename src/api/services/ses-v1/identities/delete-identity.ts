// DeleteIdentity. Unlike in v2 it is no fault to delete what is not there.
import { deleteEmailIdentity } from '../../ses/identities/delete-email-identity.ts'
import { isRefusal } from '../../../../model/refusal.ts'
import type { V1Operation } from '../operation.ts'

export const deleteIdentity: V1Operation<'DeleteIdentity'> = async (input, call, parts) => {
  const answer = await deleteEmailIdentity({ EmailIdentity: input.Identity }, call, parts)
  return isRefusal(answer) && answer.name === 'NotFound' ? {} : answer
}
