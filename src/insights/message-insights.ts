// What became of one message, recipient by recipient, from the event log. Source: ses.md §11.
import { providerOf } from '../mail/mailbox-provider.ts'
import type { EventType, LoggedEvent } from '../model/event.ts'
import type { Store } from '../storage/store.ts'
import { insightEventsMax } from './limits.ts'

/** One event of a recipient. */
export interface RecipientEvent {
  readonly at: number
  readonly type: EventType
  readonly bounce: { readonly type: string; readonly subType: string; readonly diagnosticCode: string | undefined } | undefined
  readonly complaint: { readonly subType: string | undefined; readonly feedbackType: string | undefined } | undefined
}

/** What is known of a message. */
export interface MessageInsights {
  readonly source: string
  readonly subject: string | undefined
  readonly tags: Readonly<Record<string, readonly string[]>>
  readonly recipients: readonly { readonly address: string; readonly provider: string; readonly events: readonly RecipientEvent[] }[]
}

/** Undefined when the log does not have the message. */
export async function readMessageInsights(store: Pick<Store, 'events'>, messageId: string): Promise<MessageInsights | undefined> {
  const events = await store.events({ after: 0, limit: insightEventsMax, messageId })
  const mail = events[0]?.mail
  if (!mail || mail.sendingAccountId === '') return undefined
  return {
    source: mail.source,
    subject: mail.commonHeaders.subject,
    tags: mail.tags,
    recipients: mail.destination.map((address) => ({
      address,
      provider: providerOf(address.slice(address.lastIndexOf('@') + 1).toLowerCase()).name,
      events: events.flatMap((event) => eventOf(event, address) ?? []),
    })),
  }
}

function eventOf(event: LoggedEvent, address: string): RecipientEvent | undefined {
  const { type, at, detail, mail } = event
  const told = { at, type, bounce: undefined, complaint: undefined }
  switch (type) {
    case 'DELIVERY':
      return listed(detail.recipients, address) ? told : undefined
    case 'DELIVERY_DELAY':
      return listed(detail.delayedRecipients, address) ? told : undefined
    case 'COMPLAINT':
      if (!listed(detail.complainedRecipients, address)) return undefined
      return { ...told, complaint: { subType: text(detail.complaintSubType), feedbackType: text(detail.complaintFeedbackType) } }
    case 'BOUNCE': {
      const recipient = listed(detail.bouncedRecipients, address)
      if (!recipient) return undefined
      const bounce = {
        type: constant(text(detail.bounceType) ?? ''),
        subType: constant(text(detail.bounceSubType) ?? ''),
        diagnosticCode: text(recipient.diagnosticCode),
      }
      return { ...told, bounce }
    }
    case 'OPEN':
    case 'CLICK':
    case 'SUBSCRIPTION':
      // These do not say who; with one recipient it is clear.
      return mail.destination.length === 1 ? told : undefined
    case 'SEND':
    case 'REJECT':
    case 'RENDERING_FAILURE':
      return told
  }
}

/** The entry of `address` in a list of addresses or of objects with `emailAddress`. */
function listed(list: unknown, address: string): Record<string, unknown> | undefined {
  if (!Array.isArray(list)) return undefined
  const found = list.find((entry: unknown) => entry === address || (entry as { emailAddress?: unknown } | null)?.emailAddress === address)
  return found === undefined ? undefined : typeof found === 'object' ? found : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** `OnAccountSuppressionList` as insights spell it: ON_ACCOUNT_SUPPRESSION_LIST. */
function constant(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
}
