// UpdateContact: preferences are merged by topic; AttributesData and UnsubscribeAll are replaced, and cleared when absent.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { contactKey, contactLists, type ContactRecord, contacts, currentPreferences, mergePreferences } from '../../../../resources/contact-lists.ts'
import { judgeContact, judgeContactAddress, noSuchContact, requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'
import { readPreferences } from './contact-wire.ts'

export const updateContact: Operation<'UpdateContact'> = async (input, _call, { store, clock }) => {
  const judged = judgeContactAddress(input.EmailAddress ?? '')
  if (isRefusal(judged)) return judged
  const given = readPreferences(input.TopicPreferences) ?? []
  const attributesData = input.AttributesData ?? undefined
  const refusal = await commitDecision(store, async () => {
    const list = await requireContactList(store, input.ContactListName ?? '')
    if (isRefusal(list)) return list
    const fault = judgeContact(list.value, given, attributesData)
    if (fault) return fault
    const key = contactKey(list.value.id, judged.address)
    const contact = await store.get(contacts, key)
    if (!contact) return noSuchContact(judged.address)
    const value: ContactRecord = {
      ...contact.value,
      preferences: mergePreferences(currentPreferences(list.value, contact.value), given),
      unsubscribeAll: input.UnsubscribeAll ?? false,
      attributesData,
      updatedAt: clock.now(),
    }
    return {
      answer: undefined,
      changes: [
        { type: 'require', collection: contactLists, key: list.key, expect: list.version },
        { type: 'put', collection: contacts, key, value, expect: contact.version },
      ],
    }
  })
  return isRefusal(refusal) ? refusal : {}
}
