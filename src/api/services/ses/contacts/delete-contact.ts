// DeleteContact; an address that is no contact is a fault.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { contactKey, contacts } from '../../../../resources/contact-lists.ts'
import { judgeContactAddress, noSuchContact, requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'

export const deleteContact: Operation<'DeleteContact'> = async (input, _call, { store }) => {
  const judged = judgeContactAddress(input.EmailAddress ?? '')
  if (isRefusal(judged)) return judged
  const refusal = await commitDecision(store, async () => {
    const list = await requireContactList(store, input.ContactListName ?? '')
    if (isRefusal(list)) return list
    const stored = await store.get(contacts, contactKey(list.value.id, judged.address))
    if (!stored) return noSuchContact(judged.address)
    return { answer: undefined, changes: [{ type: 'remove', collection: contacts, key: stored.key, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
