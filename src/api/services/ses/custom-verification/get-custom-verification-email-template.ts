// GetCustomVerificationEmailTemplate.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireCustomVerificationTemplate } from '../../../../resources/custom-verification-templates.ts'
import type { Operation } from '../../../operation.ts'
import { wireTags } from '../tenants/tenant-wire.ts'
import { wireCustomVerificationTemplate } from './custom-verification-wire.ts'

export const getCustomVerificationEmailTemplate: Operation<'GetCustomVerificationEmailTemplate'> = async (input, _call, { store }) => {
  const stored = await requireCustomVerificationTemplate(store, input.TemplateName ?? '')
  if (isRefusal(stored)) return stored
  return { ...wireCustomVerificationTemplate(stored.value), TemplateContent: stored.value.content, Tags: wireTags(stored.value.tags) }
}
