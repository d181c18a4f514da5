// Contact lists: topics that people subscribe to, and the people. An account has at most one list (ses.md §7.3).
import { collection, compositeKey } from '../storage/store.ts'
import type { Tag } from './tenants.ts'

/** Whether somebody wants mail about a topic (SES `SubscriptionStatus`). */
export type SubscriptionStatus = 'OPT_IN' | 'OPT_OUT'

/** A topic of a list. */
export interface Topic {
  readonly name: string
  readonly displayName: string
  readonly description: string | undefined
  /** Counts for contacts who have not said anything. */
  readonly defaultStatus: SubscriptionStatus
}

/** A contact list. */
export interface ContactListRecord {
  readonly name: string
  /** A list made anew under the name has another id, and none of the old contacts. */
  readonly id: string
  readonly description: string | undefined
  readonly topics: readonly Topic[]
  readonly tags: readonly Tag[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** What a contact said about one topic. */
export interface TopicPreference {
  readonly topicName: string
  readonly status: SubscriptionStatus
}

/** One contact of a list. */
export interface ContactRecord {
  /** Domain in lower case. */
  readonly address: string
  readonly preferences: readonly TopicPreference[]
  readonly unsubscribeAll: boolean
  /** JSON text as it was given; SES does not look into it. */
  readonly attributesData: string | undefined
  readonly createdAt: number
  readonly updatedAt: number
}

/** Contact lists by name. */
export const contactLists = collection<ContactListRecord>('contact-list')

/** The place of the account's one list, under the key `account`: of two creations at once one finds it taken. */
export const contactListPlace = collection<{ readonly name: string }>('contact-list-place')

/** Contacts; key is `contactKey`. */
export const contacts = collection<ContactRecord>('contact')

/** Where a contact is kept. */
export function contactKey(listId: string, address: string): string {
  return compositeKey(listId, address)
}

/** Preferences that still mean a topic of the list. */
export function currentPreferences(list: ContactListRecord, contact: ContactRecord): TopicPreference[] {
  return contact.preferences.filter(({ topicName }) => list.topics.some(({ name }) => name === topicName))
}

/** The list's topics about which the contact has said nothing, with their defaults. */
export function defaultPreferences(list: ContactListRecord, contact: Pick<ContactRecord, 'preferences'>): TopicPreference[] {
  return list.topics
    .filter(({ name }) => !contact.preferences.some(({ topicName }) => topicName === name))
    .map(({ name, defaultStatus }) => ({ topicName: name, status: defaultStatus }))
}

/** Given preferences over present ones, by topic. */
export function mergePreferences(present: readonly TopicPreference[], given: readonly TopicPreference[]): TopicPreference[] {
  return [...new Map([...present, ...given].map((preference) => [preference.topicName, preference])).values()]
}
