// ListTemplates, newest first. Without a size a page has ten.
import { isRefusal } from '../../../../model/refusal.ts'
import { listEmailTemplates } from '../../ses/templates/list-email-templates.ts'
import type { V1Operation } from '../operation.ts'

export const listTemplates: V1Operation<'ListTemplates'> = async (input, call, parts) => {
  const page = await listEmailTemplates({ PageSize: input.MaxItems, NextToken: input.NextToken }, call, parts)
  if (isRefusal(page)) return page
  return {
    TemplatesMetadata: (page.TemplatesMetadata ?? []).map(({ TemplateName, CreatedTimestamp }) => ({ Name: TemplateName, CreatedTimestamp })),
    NextToken: page.NextToken ?? undefined,
  }
}
