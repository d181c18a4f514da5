// ListContacts, by address. A filter is looked through in bounded steps: a page may be short and still have a token.
import { isRefusal } from '../../../../model/refusal.ts'
import { type ContactRecord, contacts, type ContactListRecord, type SubscriptionStatus } from '../../../../resources/contact-lists.ts'
import { noSuchTopic, requireContactList } from '../../../../resources/judge-contacts.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { compositeKey } from '../../../../storage/store.ts'
import type { Operation } from '../../../operation.ts'
import { contactPaging, readPage } from '../paging.ts'
import { wireContact } from './contact-wire.ts'

export const listContacts: Operation<'ListContacts'> = async (input, _call, { store, sealer, home }) => {
  const list = await requireContactList(store, input.ContactListName ?? '')
  if (isRefusal(list)) return list
  const { FilteredStatus: status, TopicFilter: topicFilter } = input.Filter ?? {}
  const topicName = topicFilter?.TopicName ?? undefined
  const useDefault = topicFilter?.UseDefaultIfPreferenceUnavailable ?? false
  if (topicName !== undefined && !list.value.topics.some(({ name }) => name === topicName)) return noSuchTopic(list.value.name, topicName)
  const page = readPage(input, contactPaging, { sealer, home }, 'ListContacts', list.value.id, status ?? '', topicName ?? '', String(useDefault))
  if (isRefusal(page)) return page
  const keep =
    (status ?? topicName) === undefined
      ? undefined
      : (contact: ContactRecord) => {
          const found = statusOf(list.value, contact, topicName, useDefault)
          return found !== undefined && (status ?? found) === found
        }
  const { records, next } = await listPage(store, contacts, { prefix: compositeKey(list.value.id, ''), after: page.after, limit: page.limit, keep })
  const token = page.tokenFor(next)
  return { Contacts: records.map(({ value }) => wireContact(list.value, value)), ...(token === undefined ? {} : { NextToken: token }) }
}

/** Whether a contact wants mail, about a topic or at all; undefined when nothing was said about the topic and its default does not count. */
function statusOf(list: ContactListRecord, contact: ContactRecord, topicName: string | undefined, useDefault: boolean): SubscriptionStatus | undefined {
  if (contact.unsubscribeAll) return 'OPT_OUT'
  if (topicName === undefined) return 'OPT_IN'
  const said = contact.preferences.find((preference) => preference.topicName === topicName)?.status
  return said ?? (useDefault ? list.topics.find(({ name }) => name === topicName)?.defaultStatus : undefined)
}
