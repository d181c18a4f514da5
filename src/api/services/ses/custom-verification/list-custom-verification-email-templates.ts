// ListCustomVerificationEmailTemplates, by name.
import { isRefusal } from '../../../../model/refusal.ts'
import { customVerificationTemplates } from '../../../../resources/custom-verification-templates.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { readPage, verificationTemplatePaging } from '../paging.ts'
import { wireCustomVerificationTemplate } from './custom-verification-wire.ts'

export const listCustomVerificationEmailTemplates: Operation<'ListCustomVerificationEmailTemplates'> = async (input, _call, { store, sealer, home }) => {
  const page = readPage(input, verificationTemplatePaging, { sealer, home }, 'custom-verification-templates')
  if (isRefusal(page)) return page
  const { records, next } = await listPage(store, customVerificationTemplates, { after: page.after, limit: page.limit })
  const token = page.tokenFor(next)
  return {
    CustomVerificationEmailTemplates: records.map(({ value }) => wireCustomVerificationTemplate(value)),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
