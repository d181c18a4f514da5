// SendCustomVerificationEmail.
import { isRefusal } from '../../../../model/refusal.ts'
import { sendCustomVerificationEmail as send } from '../../ses/custom-verification/send-custom-verification-email.ts'
import type { V1Operation } from '../operation.ts'

export const sendCustomVerificationEmail: V1Operation<'SendCustomVerificationEmail'> = async (input, call, parts) => {
  const sent = await send(input, call, parts)
  return isRefusal(sent) ? sent : { MessageId: sent.MessageId ?? undefined }
}
