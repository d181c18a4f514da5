// ListCustomVerificationEmailTemplates, by name.
import { isRefusal } from '../../../../model/refusal.ts'
import { listCustomVerificationEmailTemplates as list } from '../../ses/custom-verification/list-custom-verification-email-templates.ts'
import type { V1Operation } from '../operation.ts'

export const listCustomVerificationEmailTemplates: V1Operation<'ListCustomVerificationEmailTemplates'> = async (input, call, parts) => {
  const page = await list({ PageSize: input.MaxResults, NextToken: input.NextToken }, call, parts)
  if (isRefusal(page)) return page
  return { CustomVerificationEmailTemplates: page.CustomVerificationEmailTemplates ?? [], NextToken: page.NextToken ?? undefined }
}
