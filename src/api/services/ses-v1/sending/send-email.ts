// SendEmail of v1.
import { isRefusal } from '../../../../model/refusal.ts'
import { sendEmail as send } from '../../ses/sending/send-email.ts'
import type { V1Operation } from '../operation.ts'
import { judgeSize, sharedMembers } from './send-as-v2.ts'

export const sendEmail: V1Operation<'SendEmail'> = async (input, call, parts) => {
  const { Text, Html } = input.Message?.Body ?? {}
  const tooLarge = judgeSize(Buffer.byteLength(Text?.Data ?? '') + Buffer.byteLength(Html?.Data ?? ''))
  if (tooLarge) return tooLarge
  const sent = await send(
    {
      ...sharedMembers(input),
      FromEmailAddress: input.Source,
      Destination: input.Destination,
      ReplyToAddresses: input.ReplyToAddresses,
      Content: { Simple: input.Message },
    },
    call,
    parts,
  )
  return isRefusal(sent) ? sent : { MessageId: sent.MessageId ?? undefined }
}
