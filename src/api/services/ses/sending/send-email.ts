// SendEmail: the wire becomes a submission; everything about recipients, tenant and identity is judged by intake, the same for SMTP.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { readContent, readTrackingOverrides } from './email-content.ts'

export const sendEmail: Operation<'SendEmail'> = async (input, call, { acceptMessage, home }) => {
  const content = readContent(input.Content, home)
  if (isRefusal(content)) return content
  const { ListManagementOptions: list, ConfigurationOverrides: overrides } = input
  // It would choose among endpoints of several regions; to ignore it would be half an operation.
  if (input.EndpointId) return refuse('InvalidRequest', { text: 'EndpointId is not offered.' })
  const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = input.Destination ?? {}
  // Raw content without recipients in the request goes to those of the MIME itself.
  const named = input.Destination && (content.kind !== 'raw' || to.length + cc.length + bcc.length > 0)
  const accepted = await acceptMessage({
    principal: call.principal,
    door: 'api',
    operation: 'SendEmail',
    sourceIp: call.sourceIp,
    sourceTlsVersion: call.tlsVersion,
    from: input.FromEmailAddress || undefined,
    tenantName: input.TenantName ?? undefined,
    configurationSetName: input.ConfigurationSetName || undefined,
    tags: input.EmailTags?.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value })),
    destination: named ? { to, cc, bcc } : undefined,
    envelopeRecipients: undefined,
    // Where copies of bounces go: never on the wire, but it must be verified, as a Return-Path must.
    ...(input.FeedbackForwardingEmailAddress ? { envelopeSender: input.FeedbackForwardingEmailAddress } : {}),
    identityArns: { from: input.FromEmailAddressIdentityArn ?? undefined, feedback: input.FeedbackForwardingEmailAddressIdentityArn ?? undefined },
    replyTo: input.ReplyToAddresses ?? [],
    ...(list ? { listManagement: { contactListName: list.ContactListName ?? '', topicName: list.TopicName ?? '' } } : {}),
    ...(overrides?.Tracking ? { trackingOverrides: readTrackingOverrides(overrides.Tracking) } : {}),
    content,
  })
  return isRefusal(accepted) ? accepted : { MessageId: accepted.messageId }
}
