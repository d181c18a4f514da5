// GetMessageInsights, for as long as the event log is kept. VDM need not be switched on.
import type { InsightsEvent } from '@aws-sdk/client-sesv2'
import { readMessageInsights, type RecipientEvent } from '../../../../insights/message-insights.ts'
import { refuse } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'

export const getMessageInsights: Operation<'GetMessageInsights'> = async (input, _call, { store, home }) => {
  const messageId = input.MessageId ?? ''
  const found = await readMessageInsights(store, messageId)
  if (!found) return refuse('NotFound', { text: `Message <${messageId}> not found for account <${home.accountId}>` })
  return {
    MessageId: messageId,
    FromEmailAddress: found.source,
    ...(found.subject === undefined ? {} : { Subject: found.subject }),
    EmailTags: Object.entries(found.tags).flatMap(([name, values]) => values.map((value) => ({ Name: name, Value: value }))),
    Insights: found.recipients.map(({ address, provider, events }) => ({ Destination: address, Isp: provider, Events: events.map(wireEvent) })),
  }
}

function wireEvent({ at, type, bounce, complaint }: RecipientEvent): InsightsEvent {
  return {
    Timestamp: new Date(at),
    Type: type,
    ...(bounce
      ? {
          Details: {
            Bounce: {
              BounceType: bounce.type as 'PERMANENT',
              BounceSubType: bounce.subType,
              ...(bounce.diagnosticCode === undefined ? {} : { DiagnosticCode: bounce.diagnosticCode }),
            },
          },
        }
      : {}),
    ...(complaint
      ? {
          Details: {
            Complaint: {
              ...(complaint.subType === undefined ? {} : { ComplaintSubType: complaint.subType }),
              ...(complaint.feedbackType === undefined ? {} : { ComplaintFeedbackType: complaint.feedbackType }),
            },
          },
        }
      : {}),
  }
}
