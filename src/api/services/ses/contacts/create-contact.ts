// CreateContact. Order of checks: address, list, topics, duplicate.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { contactKey, contactLists, type ContactRecord, contacts, mergePreferences } from '../../../../resources/contact-lists.ts'
import { judgeContact, judgeContactAddress, requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'
import { readPreferences } from './contact-wire.ts'

export const createContact: Operation<'CreateContact'> = async (input, _call, { store, clock }) => {
  const judged = judgeContactAddress(input.EmailAddress ?? '')
  if (isRefusal(judged)) return judged
  const { address } = judged
  const preferences = mergePreferences([], readPreferences(input.TopicPreferences) ?? [])
  const attributesData = input.AttributesData ?? undefined
  const refusal = await commitDecision(store, async () => {
    const list = await requireContactList(store, input.ContactListName ?? '')
    if (isRefusal(list)) return list
    const fault = judgeContact(list.value, preferences, attributesData)
    if (fault) return fault
    const key = contactKey(list.value.id, address)
    if (await store.get(contacts, key)) return refuse('AlreadyExists', { text: `${address} already exists in List.` })
    const now = clock.now()
    const value: ContactRecord = { address, preferences, unsubscribeAll: input.UnsubscribeAll ?? false, attributesData, createdAt: now, updatedAt: now }
    return {
      answer: undefined,
      changes: [
        // This very state of the list: it may go, or lose the topic, at the same moment.
        { type: 'require', collection: contactLists, key: list.key, expect: list.version },
        { type: 'put', collection: contacts, key, value, expect: 'absent' },
      ],
    }
  })
  return isRefusal(refusal) ? refusal : {}
}
