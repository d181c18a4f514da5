// GetTemplate.
import { isRefusal } from '../../../../model/refusal.ts'
import { getEmailTemplate } from '../../ses/templates/get-email-template.ts'
import type { V1Operation } from '../operation.ts'

export const getTemplate: V1Operation<'GetTemplate'> = async (input, call, parts) => {
  const template = await getEmailTemplate({ TemplateName: input.TemplateName }, call, parts)
  if (isRefusal(template)) return template
  const { Subject, Text, Html } = template.TemplateContent ?? {}
  return { Template: { TemplateName: template.TemplateName ?? undefined, SubjectPart: Subject, TextPart: Text, HtmlPart: Html } }
}
