// Subscription management of one send (SES `ListManagementOptions`): whether a contact of its list wants it, and the contact that is made of
// an address the list does not know yet (ses.md §7.3).
import type { Change, Store, Stored } from '../storage/store.ts'
import { contactKey, type ContactListRecord, contactLists, type ContactRecord, contacts } from './contact-lists.ts'

/** The list that a message goes to. */
export interface SubscriptionRule {
  readonly list: Stored<ContactListRecord>
  /** One of the list's topics; empty: all mail of the list. */
  readonly topicName: string
}

/** Whether the contact with this address wants the message; `known` tells if there is one. One look-up. */
export async function findSubscription(
  store: Pick<Store, 'get'>,
  { list, topicName }: SubscriptionRule,
  address: string,
): Promise<{ readonly wanted: boolean; readonly known: boolean }> {
  const contact = (await store.get(contacts, contactKey(list.value.id, address)))?.value
  const said = contact?.preferences.find((preference) => preference.topicName === topicName)?.status
  const status = said ?? list.value.topics.find(({ name }) => name === topicName)?.defaultStatus
  return { wanted: !contact?.unsubscribeAll && status !== 'OPT_OUT', known: contact !== undefined }
}

/** Makes contacts that have said nothing. Conflicts when one is made or the list changes meanwhile: decide anew. */
export function newContacts(list: Stored<ContactListRecord>, addresses: readonly string[], now: number): Change[] {
  if (addresses.length === 0) return []
  const contact = (address: string): ContactRecord => ({
    address,
    preferences: [],
    unsubscribeAll: false,
    attributesData: undefined,
    createdAt: now,
    updatedAt: now,
  })
  return [
    { type: 'require', collection: contactLists, key: list.key, expect: list.version },
    ...addresses.map((address) => ({
      type: 'put' as const,
      collection: contacts,
      key: contactKey(list.value.id, address),
      value: contact(address),
      expect: 'absent' as const,
    })),
  ]
}
