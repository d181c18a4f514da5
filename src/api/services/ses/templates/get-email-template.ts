// GetEmailTemplate.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireTemplate } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { wireTags } from '../tenants/tenant-wire.ts'

export const getEmailTemplate: Operation<'GetEmailTemplate'> = async (input, _call, { store }) => {
  const stored = await requireTemplate(store, input.TemplateName ?? '')
  if (isRefusal(stored)) return stored
  const { name, subject, text, html, tags } = stored.value
  const content = {
    ...(subject === undefined ? {} : { Subject: subject }),
    ...(text === undefined ? {} : { Text: text }),
    ...(html === undefined ? {} : { Html: html }),
  }
  return { TemplateName: name, TemplateContent: content, Tags: wireTags(tags) }
}
