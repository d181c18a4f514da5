// CreateContactList. The account's one place is judged before the name, so that a second list of the same name meets the limit too.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { type ContactListRecord, contactListPlace, contactLists } from '../../../../resources/contact-lists.ts'
import { judgeContactList } from '../../../../resources/judge-contacts.ts'
import { judgeTags } from '../../../../resources/tags.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'
import { readTopics } from './contact-wire.ts'

export const createContactList: Operation<'CreateContactList'> = async (input, _call, { store, clock, random }) => {
  const name = input.ContactListName ?? ''
  const topics = readTopics(input.Topics) ?? []
  const description = input.Description ?? undefined
  const tags = readTags(input.Tags)
  const fault = judgeContactList(name, topics, description) ?? judgeTags(tags)
  if (fault) return fault
  const now = clock.now()
  const value: ContactListRecord = { name, id: random.uuid(), description, topics, tags, createdAt: now, updatedAt: now }
  const refusal = await commitDecision(store, async () => {
    if (await store.get(contactListPlace, 'account')) return refuse('InvalidRequest', { text: 'A maximum of 1 Lists allowed per account.' })
    return {
      answer: undefined,
      changes: [
        { type: 'put', collection: contactListPlace, key: 'account', value: { name }, expect: 'absent' },
        { type: 'put', collection: contactLists, key: name, value, expect: 'absent' },
      ],
    }
  })
  return isRefusal(refusal) ? refusal : {}
}
