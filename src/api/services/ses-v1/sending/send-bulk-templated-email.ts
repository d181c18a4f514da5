// SendBulkTemplatedEmail: one template to many; each destination has a status of its own, in the order of the request.
import type { BulkEmailStatus } from '@aws-sdk/client-ses'
import { isRefusal } from '../../../../model/refusal.ts'
import { sendBulkEmail } from '../../ses/sending/send-bulk-email.ts'
import type { V1Operation } from '../operation.ts'
import { v1Spelling } from '../v1-spelling.ts'
import { partsFor, sharedMembers } from './send-as-v2.ts'

/** Statuses that v1 names otherwise. */
const renamed: Readonly<Record<string, BulkEmailStatus>> = {
  CONFIGURATION_SET_NOT_FOUND: 'ConfigurationSetDoesNotExist',
  INVALID_PARAMETER: 'InvalidParameterValue',
  TEMPLATE_NOT_FOUND: 'TemplateDoesNotExist',
}

export const sendBulkTemplatedEmail: V1Operation<'SendBulkTemplatedEmail'> = async (input, call, parts) => {
  const { EmailTags: _none, ...shared } = sharedMembers(input)
  const sent = await sendBulkEmail(
    {
      ...shared,
      FromEmailAddress: input.Source,
      ReplyToAddresses: input.ReplyToAddresses,
      DefaultEmailTags: input.DefaultTags,
      DefaultContent: { Template: { TemplateName: input.Template, TemplateArn: input.TemplateArn, TemplateData: input.DefaultTemplateData } },
      BulkEmailEntries: (input.Destinations ?? []).map(({ Destination, ReplacementTags, ReplacementTemplateData }) => ({
        Destination,
        ReplacementTags,
        ...(ReplacementTemplateData === undefined ? {} : { ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData } } }),
      })),
    },
    call,
    partsFor('SendBulkTemplatedEmail', parts),
  )
  if (isRefusal(sent)) return sent
  return {
    Status: (sent.BulkEmailEntryResults ?? []).map(({ Status = 'FAILED', Error: text, MessageId }) => ({
      Status: renamed[Status] ?? v1Spelling<BulkEmailStatus>(Status),
      Error: text,
      MessageId,
    })),
  }
}
