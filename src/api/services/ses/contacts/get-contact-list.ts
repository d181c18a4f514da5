// GetContactList.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'
import { wireTags } from '../tenants/tenant-wire.ts'
import { wireTopics } from './contact-wire.ts'

export const getContactList: Operation<'GetContactList'> = async (input, _call, { store }) => {
  const list = await requireContactList(store, input.ContactListName ?? '')
  if (isRefusal(list)) return list
  const { name, topics, description, createdAt, updatedAt, tags } = list.value
  return {
    ContactListName: name,
    Topics: wireTopics(topics),
    ...(description === undefined ? {} : { Description: description }),
    CreatedTimestamp: new Date(createdAt),
    LastUpdatedTimestamp: new Date(updatedAt),
    Tags: wireTags(tags),
  }
}
