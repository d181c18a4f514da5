// DeleteContactList. The list is gone with the first commit; its contacts follow before the answer.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { deleteContactListRecord, sweepContactList } from '../../../../resources/delete-contact-list.ts'
import type { Operation } from '../../../operation.ts'

export const deleteContactList: Operation<'DeleteContactList'> = async (input, _call, { store }) => {
  const id = await commitDecision(store, () => deleteContactListRecord(store, input.ContactListName ?? ''))
  if (isRefusal(id)) return id
  await sweepContactList(store, id)
  return {}
}
