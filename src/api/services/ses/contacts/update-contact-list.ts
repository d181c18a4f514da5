// UpdateContactList: given topics replace all topics, a given description replaces the description; what is absent stays.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { contactLists } from '../../../../resources/contact-lists.ts'
import { judgeContactList, requireContactList } from '../../../../resources/judge-contacts.ts'
import type { Operation } from '../../../operation.ts'
import { readTopics } from './contact-wire.ts'

export const updateContactList: Operation<'UpdateContactList'> = async (input, _call, { store, clock }) => {
  const name = input.ContactListName ?? ''
  const topics = readTopics(input.Topics)
  const description = input.Description ?? undefined
  const fault = judgeContactList(name, topics, description)
  if (fault) return fault
  const refusal = await commitDecision(store, async () => {
    const list = await requireContactList(store, name)
    if (isRefusal(list)) return list
    const value = { ...list.value, ...(topics && { topics }), ...(description === undefined ? {} : { description }), updatedAt: clock.now() }
    return { answer: undefined, changes: [{ type: 'put', collection: contactLists, key: name, value, expect: list.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
