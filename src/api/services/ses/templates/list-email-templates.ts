// ListEmailTemplates, newest first.
import { isRefusal } from '../../../../model/refusal.ts'
import { listPage } from '../../../../resources/list-page.ts'
import { templatesByTime } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { readPage, templatePaging } from '../paging.ts'

export const listEmailTemplates: Operation<'ListEmailTemplates'> = async (input, _call, { store, sealer, home }) => {
  const page = readPage(input, templatePaging, { sealer, home }, 'templates')
  if (isRefusal(page)) return page
  const { records, next } = await listPage(store, templatesByTime, { after: page.after, limit: page.limit })
  const token = page.tokenFor(next)
  return {
    TemplatesMetadata: records.map(({ value }) => ({ TemplateName: value.name, CreatedTimestamp: new Date(value.createdAt) })),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
