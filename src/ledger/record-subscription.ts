// What is said when a reader changes what they want to receive: the SUBSCRIPTION event in the commit of the change (ses.md §3.1).
import type { EventRow } from '../model/event.ts'
import type { Change } from '../storage/store.ts'
import { type ContactListRecord, type ContactRecord, currentPreferences, defaultPreferences, type TopicPreference } from '../resources/contact-lists.ts'

/** How the change came: by the button of a mail program (RFC 8058), or by our page behind the link in the text. */
export type SubscriptionSource = 'UnsubscribeHeader' | 'UnsubscribePage'

/** One change of one contact, and the message whose link was used. */
export interface SubscriptionChange {
  readonly list: ContactListRecord
  /** Undefined: the contact was deleted since the message went out. */
  readonly before: ContactRecord | undefined
  readonly after: ContactRecord
  readonly source: SubscriptionSource
  readonly messageId: string
  readonly tenant: { readonly name: string; readonly id: string | undefined } | undefined
  readonly configurationSetName: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The event. Its tags name the tenant themselves: the facts of an old message may be forgotten. */
export function subscriptionEvent({ list, before, after, source, messageId, tenant, configurationSetName, at }: SubscriptionChange, id: string): Change {
  const tags: Record<string, string[]> = {}
  if (configurationSetName !== '') tags['ses:configuration-set'] = [configurationSetName]
  if (tenant) tags['ses:tenant-name'] = [tenant.name]
  if (tenant?.id !== undefined) tags['ses:tenant-id'] = [tenant.id]
  const event: EventRow = {
    id,
    at,
    type: 'SUBSCRIPTION',
    messageId,
    tenantName: tenant?.name ?? '',
    configurationSetName,
    detail: {
      contactList: list.name,
      timestamp: new Date(at).toISOString(),
      source,
      newTopicPreferences: preferencesOf(list, after),
      oldTopicPreferences: preferencesOf(list, before),
    },
    tags,
  }
  return { type: 'event', event }
}

function preferencesOf(list: ContactListRecord, contact: ContactRecord | undefined) {
  const spell = (preferences: readonly TopicPreference[]) =>
    preferences.map(({ topicName, status }) => ({ topicName, subscriptionStatus: status === 'OPT_IN' ? 'OptIn' : 'OptOut' }))
  return {
    unsubscribeAll: contact?.unsubscribeAll ?? false,
    topicSubscriptionStatus: spell(contact ? currentPreferences(list, contact) : []),
    topicDefaultSubscriptionStatus: spell(defaultPreferences(list, contact ?? { preferences: [] })),
  }
}
