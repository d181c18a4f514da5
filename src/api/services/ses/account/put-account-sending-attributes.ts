// PutAccountSendingAttributes: pauses or resumes the whole account. Absent means false.
import { isRefusal } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { editAccount } from './edit-account.ts'

export const putAccountSendingAttributes: Operation<'PutAccountSendingAttributes'> = async (input, _call, { store, statusChanged }) => {
  const answer = await editAccount(store, { sendingEnabled: input.SendingEnabled ?? false })
  if (!isRefusal(answer)) statusChanged()
  return answer
}
