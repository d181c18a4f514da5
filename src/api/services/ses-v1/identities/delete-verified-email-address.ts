// DeleteVerifiedEmailAddress: the old name of DeleteIdentity for addresses.
import { isRefusal } from '../../../../model/refusal.ts'
import type { V1Operation } from '../operation.ts'
import { deleteIdentity } from './delete-identity.ts'

export const deleteVerifiedEmailAddress: V1Operation<'DeleteVerifiedEmailAddress'> = async (input, call, parts) => {
  const answer = await deleteIdentity({ Identity: input.EmailAddress }, call, parts)
  return isRefusal(answer) ? answer : {}
}
