// GetContact.
import { isRefusal } from '../../../../model/refusal.ts'
import { contactKey, contacts } from '../../../../resources/contact-lists.ts'
import { judgeContactAddress, noSuchContact, requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'
import { wireContact } from './contact-wire.ts'

export const getContact: Operation<'GetContact'> = async (input, _call, { store }) => {
  const judged = judgeContactAddress(input.EmailAddress ?? '')
  if (isRefusal(judged)) return judged
  const list = await requireContactList(store, input.ContactListName ?? '')
  if (isRefusal(list)) return list
  const contact = (await store.get(contacts, contactKey(list.value.id, judged.address)))?.value
  if (!contact) return noSuchContact(judged.address)
  return {
    ContactListName: list.value.name,
    ...wireContact(list.value, contact),
    ...(contact.attributesData === undefined ? {} : { AttributesData: contact.attributesData }),
    CreatedTimestamp: new Date(contact.createdAt),
  }
}
