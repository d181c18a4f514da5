// Contact lists and contacts as they stand on the wire. Absent members were refused by the protocol before these read.
import type { Topic as WireTopic, TopicPreference as WirePreference } from '@aws-sdk/client-sesv2'
import {
  type ContactListRecord,
  type ContactRecord,
  currentPreferences,
  defaultPreferences,
  type Topic,
  type TopicPreference,
} from '../../../../resources/contact-lists.ts'

/** Topics of a request; absent stays absent. */
export function readTopics(topics: readonly WireTopic[] | null | undefined): Topic[] | undefined {
  return topics?.map(({ TopicName = '', DisplayName = '', Description, DefaultSubscriptionStatus = 'OPT_IN' }) => ({
    name: TopicName,
    displayName: DisplayName,
    description: Description ?? undefined,
    defaultStatus: DefaultSubscriptionStatus,
  }))
}

/** Topics of an answer. */
export function wireTopics(topics: readonly Topic[]): WireTopic[] {
  return topics.map(({ name, displayName, description, defaultStatus }) => ({
    TopicName: name,
    DisplayName: displayName,
    ...(description === undefined ? {} : { Description: description }),
    DefaultSubscriptionStatus: defaultStatus,
  }))
}

/** Preferences of a request; absent stays absent. */
export function readPreferences(preferences: readonly WirePreference[] | null | undefined): TopicPreference[] | undefined {
  return preferences?.map(({ TopicName = '', SubscriptionStatus = 'OPT_IN' }) => ({ topicName: TopicName, status: SubscriptionStatus }))
}

function wirePreferences(preferences: readonly TopicPreference[]): WirePreference[] {
  return preferences.map(({ topicName, status }) => ({ TopicName: topicName, SubscriptionStatus: status }))
}

/** The members that a contact shows alone and in a list. */
export function wireContact(list: ContactListRecord, contact: ContactRecord) {
  return {
    EmailAddress: contact.address,
    TopicPreferences: wirePreferences(currentPreferences(list, contact)),
    TopicDefaultPreferences: wirePreferences(defaultPreferences(list, contact)),
    UnsubscribeAll: contact.unsubscribeAll,
    LastUpdatedTimestamp: new Date(contact.updatedAt),
  }
}
