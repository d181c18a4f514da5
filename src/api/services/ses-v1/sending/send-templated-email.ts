// SendTemplatedEmail: a stored template with data. What fails in rendering becomes an event, not a refusal.
import { isRefusal } from '../../../../model/refusal.ts'
import { sendEmail } from '../../ses/sending/send-email.ts'
import type { V1Operation } from '../operation.ts'
import { partsFor, sharedMembers } from './send-as-v2.ts'

export const sendTemplatedEmail: V1Operation<'SendTemplatedEmail'> = async (input, call, parts) => {
  const sent = await sendEmail(
    {
      ...sharedMembers(input),
      FromEmailAddress: input.Source,
      Destination: input.Destination,
      ReplyToAddresses: input.ReplyToAddresses,
      Content: { Template: { TemplateName: input.Template, TemplateArn: input.TemplateArn, TemplateData: input.TemplateData } },
    },
    call,
    partsFor('SendTemplatedEmail', parts),
  )
  return isRefusal(sent) ? sent : { MessageId: sent.MessageId ?? undefined }
}
