// CreateEmailTemplate. A template that cannot be compiled is refused now, not at the first send.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { judgeTags } from '../../../../resources/tags.ts'
import { createTemplate, judgeTemplateName } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'
import { readTemplateContent } from './template-wire.ts'

export const createEmailTemplate: Operation<'CreateEmailTemplate'> = async (input, call, { store, clock, templates }) => {
  const name = input.TemplateName ?? ''
  const tags = readTags(input.Tags)
  const fault = judgeTemplateName(name) ?? judgeTags(tags)
  if (fault) return fault
  const content = await readTemplateContent(input.TemplateContent, call.principal.arn, templates)
  if (isRefusal(content)) return content
  const refusal = await commitDecision(store, () => createTemplate(store, { name, createdAt: clock.now(), tags, ...content }))
  return isRefusal(refusal) ? refusal : {}
}
