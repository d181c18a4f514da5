// One change of one contact by a link: read, decide, write the contact with its event in one commit.
import { type SubscriptionSource, subscriptionEvent } from '../ledger/record-subscription.ts'
import { commitDecision, type Decision } from '../resources/commit-record.ts'
import {
  contactKey,
  type ContactListRecord,
  contactListPlace,
  contactLists,
  type ContactRecord,
  contacts,
  mergePreferences,
} from '../resources/contact-lists.ts'
import { tenants } from '../resources/tenants.ts'
import type { UnsubscribeLink } from '../resources/unsubscribe-link.ts'
import type { Refusal } from '../model/refusal.ts'
import type { Store, Stored } from '../storage/store.ts'
import type { Wish } from './read-form.ts'

/** The list of a link and the contact as they stand; undefined when the list is gone. */
export async function findLinked(
  store: Pick<Store, 'get'>,
  { listId, address }: UnsubscribeLink,
): Promise<{ readonly list: Stored<ContactListRecord>; readonly contact: Stored<ContactRecord> | undefined } | undefined> {
  // An account has one list; made anew under its name it is another one.
  const name = (await store.get(contactListPlace, 'account'))?.value.name
  const list = name === undefined ? undefined : await store.get(contactLists, name)
  if (list?.value.id !== listId) return undefined
  return { list, contact: await store.get(contacts, contactKey(listId, address)) }
}

/** What became of a wish. */
export type ChangeResult =
  | { readonly kind: 'changed' | 'unchanged'; readonly list: ContactListRecord; readonly contact: ContactRecord }
  /** The list is gone, and with it all that could be unsubscribed from. */
  | { readonly kind: 'gone' }
  /** `mayReturn` said no. */
  | { readonly kind: 'too-often' }

/**
 * Applies a wish; durable when it resolves.
 * @param mayReturn asked when the wish brings mail back.
 * @returns Conflict when others won every round. @throws StoreUnavailable
 */
export function changeSubscription(
  { store, now, uuid }: { store: Pick<Store, 'get' | 'commit'>; now: number; uuid: () => string },
  link: UnsubscribeLink,
  wish: Wish,
  mayReturn: () => boolean,
): Promise<ChangeResult | Refusal> {
  return commitDecision<ChangeResult>(store, async (): Promise<Decision<ChangeResult> | Refusal> => {
    const linked = await findLinked(store, link)
    if (!linked) return { answer: { kind: 'gone' }, changes: [] }
    const { list, contact } = linked
    const before = contact?.value
    // Somebody who was taken off the list and says no must stay off when it is written to again.
    const present = before ?? { address: link.address, preferences: [], unsubscribeAll: false, attributesData: undefined, createdAt: now, updatedAt: now }
    const { after, returns } = apply(list.value, present, link, wish)
    const isSame = after.unsubscribeAll === present.unsubscribeAll && after.preferences === present.preferences
    if (isSame) return { answer: { kind: 'unchanged', list: list.value, contact: present }, changes: [] }
    if (returns && !mayReturn()) return { answer: { kind: 'too-often' }, changes: [] }
    const { tenantName, messageId, configurationSetName } = link
    const tenant = tenantName === '' ? undefined : { name: tenantName, id: (await store.get(tenants, tenantName))?.value.id }
    const source: SubscriptionSource = wish.kind === 'one-click' ? 'UnsubscribeHeader' : 'UnsubscribePage'
    const value = { ...after, updatedAt: now }
    return {
      answer: { kind: 'changed', list: list.value, contact: value },
      changes: [
        { type: 'require', collection: contactLists, key: list.key, expect: list.version },
        { type: 'put', collection: contacts, key: contactKey(link.listId, link.address), value, expect: contact?.version ?? 'absent' },
        subscriptionEvent({ list: list.value, before, after: value, source, messageId, tenant, configurationSetName, at: now }, uuid()),
      ],
    }
  })
}

/** The contact after the wish; `returns`: some mail that was unwanted is wanted. Preferences that stay are the same array. */
function apply(list: ContactListRecord, contact: ContactRecord, link: UnsubscribeLink, wish: Wish): { after: ContactRecord; returns: boolean } {
  const topic = list.topics.find(({ name }) => name === link.topicName)
  if (wish.kind === 'one-click') {
    // A topic that is gone cannot be left alone: the reader wanted an end, so it is the end of all.
    if (!topic) return { after: { ...contact, unsubscribeAll: true }, returns: false }
    return { after: withStatuses(contact, new Map([[topic.name, 'OPT_OUT']])), returns: false }
  }
  const wanted = new Map<string, 'OPT_IN' | 'OPT_OUT'>()
  for (const { name, defaultStatus } of list.topics) {
    const status = wish.topicNames.has(name) ? 'OPT_IN' : 'OPT_OUT'
    // What was not touched on the page stays unsaid, so that a later default still counts.
    if ((contact.preferences.find(({ topicName }) => topicName === name)?.status ?? defaultStatus) !== status) wanted.set(name, status)
  }
  const after = { ...withStatuses(contact, wanted), unsubscribeAll: wish.all }
  return { after, returns: (contact.unsubscribeAll && !wish.all) || [...wanted.values()].includes('OPT_IN') }
}

function withStatuses(contact: ContactRecord, statuses: ReadonlyMap<string, 'OPT_IN' | 'OPT_OUT'>): ContactRecord {
  const given = [...statuses].map(([topicName, status]) => ({ topicName, status }))
  const isSame = given.every(({ topicName, status }) => contact.preferences.some((one) => one.topicName === topicName && one.status === status))
  return isSame ? contact : { ...contact, preferences: mergePreferences(contact.preferences, given) }
}
