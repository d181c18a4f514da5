// UpdateCustomVerificationEmailTemplate. Unlike in v2 a member that is absent stays as it is.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import {
  customVerificationTemplates,
  judgeCustomVerificationTemplate,
  requireCustomVerificationTemplate,
} from '../../../../resources/custom-verification-templates.ts'
import type { V1Operation } from '../operation.ts'

export const updateCustomVerificationEmailTemplate: V1Operation<'UpdateCustomVerificationEmailTemplate'> = async (input, _call, { store }) => {
  const refusal = await commitDecision(store, async () => {
    const stored = await requireCustomVerificationTemplate(store, input.TemplateName ?? '')
    if (isRefusal(stored)) return stored
    const { key, value: present, version } = stored
    const value = {
      ...present,
      from: input.FromEmailAddress ?? present.from,
      subject: input.TemplateSubject ?? present.subject,
      content: input.TemplateContent ?? present.content,
      successUrl: input.SuccessRedirectionURL ?? present.successUrl,
      failureUrl: input.FailureRedirectionURL ?? present.failureUrl,
    }
    const fault = await judgeCustomVerificationTemplate(store, value)
    return fault ?? { answer: undefined, changes: [{ type: 'put', collection: customVerificationTemplates, key, value, expect: version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
