// SendRawEmail. `Destinations` is the envelope; without it the message's own To, Cc and Bcc are. Tenant, configuration set and tags may
// also stand in the header of the message.
import { isRefusal } from '../../../../model/refusal.ts'
import { sendEmail } from '../../ses/sending/send-email.ts'
import type { V1Operation } from '../operation.ts'
import { judgeSize, partsFor, sharedMembers } from './send-as-v2.ts'

export const sendRawEmail: V1Operation<'SendRawEmail'> = async (input, call, parts) => {
  const tooLarge = judgeSize(input.RawMessage?.Data?.length ?? 0)
  if (tooLarge) return tooLarge
  const sent = await sendEmail(
    {
      ...sharedMembers(input),
      FromEmailAddress: input.Source,
      Destination: { ToAddresses: input.Destinations },
      Content: { Raw: { Data: input.RawMessage?.Data } },
    },
    call,
    partsFor('SendRawEmail', parts),
  )
  return isRefusal(sent) ? sent : { MessageId: sent.MessageId ?? undefined }
}
