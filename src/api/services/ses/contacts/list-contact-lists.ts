// ListContactLists: none or one.
import { isRefusal } from '../../../../model/refusal.ts'
import { contactLists } from '../../../../resources/contact-lists.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { contactListPaging, readPage } from '../paging.ts'

export const listContactLists: Operation<'ListContactLists'> = async (input, _call, { store, sealer, home }) => {
  const page = readPage(input, contactListPaging, { sealer, home }, 'ListContactLists')
  if (isRefusal(page)) return page
  const { records, next } = await listPage(store, contactLists, page)
  const token = page.tokenFor(next)
  return {
    ContactLists: records.map(({ value }) => ({ ContactListName: value.name, LastUpdatedTimestamp: new Date(value.updatedAt) })),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
