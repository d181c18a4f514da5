// What is said when somebody opens a message or follows a link in it: the OPEN and CLICK events, in SES's exact form (ses.md §3.1).
// Leaves to whom: the door commits them by the batch and judges who it was.
import type { EventRow, MailFacts } from '../model/event.ts'
import type { Change } from '../storage/store.ts'

/** One look at a message. */
export interface Engagement {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly messageId: string
  readonly ipAddress: string
  readonly userAgent: string
  /** Undefined for an open. */
  readonly click: { readonly link: string; readonly linkTags: Record<string, string[]> | null } | undefined
}

/** The event. Tenant and configuration set are those of the message. @param isBot a program did it, or probably. */
export function engagementEvent(mail: Pick<MailFacts, 'tags'>, { at, messageId, ipAddress, userAgent, click }: Engagement, isBot: boolean, id: string): Change {
  const timestamp = new Date(at).toISOString()
  const isBotEvent = isBot ? 'Likely' : 'Unlikely'
  const event: EventRow = {
    id,
    at,
    type: click ? 'CLICK' : 'OPEN',
    messageId,
    tenantName: mail.tags['ses:tenant-name']?.[0] ?? '',
    configurationSetName: mail.tags['ses:configuration-set']?.[0] ?? '',
    detail: { ipAddress, ...click, timestamp, userAgent, isBotEvent },
    tags: {},
  }
  return { type: 'event', event }
}
