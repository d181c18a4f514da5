// GetCustomVerificationEmailTemplate.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireCustomVerificationTemplate } from '../../../../resources/custom-verification-templates.ts'
import { wireCustomVerificationTemplate } from '../../ses/custom-verification/custom-verification-wire.ts'
import type { V1Operation } from '../operation.ts'

export const getCustomVerificationEmailTemplate: V1Operation<'GetCustomVerificationEmailTemplate'> = async (input, _call, { store }) => {
  const stored = await requireCustomVerificationTemplate(store, input.TemplateName ?? '')
  return isRefusal(stored) ? stored : { ...wireCustomVerificationTemplate(stored.value), TemplateContent: stored.value.content }
}
