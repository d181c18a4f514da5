// UpdateEmailTemplate replaces the whole content; tags and the time of creation stay.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { requireTemplate, templates as collection } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { readTemplateContent } from './template-wire.ts'

export const updateEmailTemplate: Operation<'UpdateEmailTemplate'> = async (input, call, { store, templates }) => {
  const name = input.TemplateName ?? ''
  const known = await requireTemplate(store, name)
  if (isRefusal(known)) return known
  const content = await readTemplateContent(input.TemplateContent, call.principal.arn, templates)
  if (isRefusal(content)) return content
  const refusal = await commitDecision(store, async () => {
    const stored = await requireTemplate(store, name)
    if (isRefusal(stored)) return stored
    return { answer: undefined, changes: [{ type: 'put', collection, key: name, value: { ...stored.value, ...content }, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
