// SendBulkEmail: the wire becomes one bulk submission; results come back in the order of the entries.
import type { BulkEmailStatus } from '@aws-sdk/client-sesv2'
import type { BulkEntry } from '../../../../model/message.ts'
import { isRefusal, refuse, type Refusal, type RefusalName } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { readHeaders, readTemplate, readTrackingOverrides } from './email-content.ts'

const entriesMax = 50 // ses.md §8.2

/** How SES names what is wrong with one entry; everything else is a parameter of it. */
const statuses: Partial<Record<RefusalName, BulkEmailStatus>> = {
  ServiceUnavailable: 'TRANSIENT_FAILURE',
  IdentityNotVerified: 'MESSAGE_REJECTED',
  DailyQuotaExceeded: 'ACCOUNT_DAILY_QUOTA_EXCEEDED',
  SendingRateExceeded: 'ACCOUNT_THROTTLED',
}

export const sendBulkEmail: Operation<'SendBulkEmail'> = async (input, call, { acceptBulk, home }) => {
  if (input.EndpointId) return refuse('InvalidRequest', { text: 'EndpointId is not offered.' })
  const template = input.DefaultContent?.Template
  if (!template) return refuse('InvalidRequest', { text: 'DefaultContent must have a Template.' })
  const content = readTemplate(template, home, 'defaultContent.template')
  if (isRefusal(content)) return content
  const given = input.BulkEmailEntries ?? []
  if (given.length === 0) return refuse('InvalidRequest', { text: 'BulkEmailEntries must have at least one entry.' })
  if (given.length > entriesMax) return refuse('InvalidRequest', { text: `Number of bulk email entries exceeds ${entriesMax}.` })
  const readTags = (tags: typeof input.DefaultEmailTags) => (tags ?? []).map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }))
  const entries: readonly BulkEntry[] = given.map((entry) => ({
    destination: { to: entry.Destination?.ToAddresses ?? [], cc: entry.Destination?.CcAddresses ?? [], bcc: entry.Destination?.BccAddresses ?? [] },
    dataText: entry.ReplacementEmailContent?.ReplacementTemplate?.ReplacementTemplateData ?? '',
    headers: readHeaders(entry.ReplacementHeaders),
    tags: readTags(entry.ReplacementTags),
  }))
  const results = await acceptBulk({
    shared: {
      principal: call.principal,
      door: 'api',
      operation: 'SendBulkEmail',
      sourceIp: call.sourceIp,
      sourceTlsVersion: call.tlsVersion,
      from: input.FromEmailAddress || undefined,
      tenantName: input.TenantName ?? undefined,
      configurationSetName: input.ConfigurationSetName || undefined,
      tags: readTags(input.DefaultEmailTags),
      ...(input.FeedbackForwardingEmailAddress ? { envelopeSender: input.FeedbackForwardingEmailAddress } : {}),
      identityArns: { from: input.FromEmailAddressIdentityArn ?? undefined, feedback: input.FeedbackForwardingEmailAddressIdentityArn ?? undefined },
      replyTo: input.ReplyToAddresses ?? [],
      ...(input.ConfigurationOverrides?.Tracking ? { trackingOverrides: readTrackingOverrides(input.ConfigurationOverrides.Tracking) } : {}),
      content,
    },
    entries,
  })
  if (isRefusal(results)) return results
  return { BulkEmailEntryResults: results.map((result) => (isRefusal(result) ? failed(result) : { Status: 'SUCCESS' as const, MessageId: result.messageId })) }
}

function failed({ name, message }: Refusal) {
  return { Status: statuses[name] ?? ('INVALID_PARAMETER' as const), Error: message }
}
