// UpdateCustomVerificationEmailTemplate replaces everything but the tags.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import {
  customVerificationTemplates,
  judgeCustomVerificationTemplate,
  requireCustomVerificationTemplate,
} from '../../../../resources/custom-verification-templates.ts'
import type { Operation } from '../../../operation.ts'
import { readCustomVerificationTemplate } from './custom-verification-wire.ts'

export const updateCustomVerificationEmailTemplate: Operation<'UpdateCustomVerificationEmailTemplate'> = async (input, _call, { store }) => {
  const given = readCustomVerificationTemplate(input)
  const refusal = await commitDecision(store, async () => {
    const stored = await requireCustomVerificationTemplate(store, input.TemplateName ?? '')
    if (isRefusal(stored)) return stored
    const fault = await judgeCustomVerificationTemplate(store, given)
    if (fault) return fault
    const value = { ...stored.value, ...given }
    return { answer: undefined, changes: [{ type: 'put', collection: customVerificationTemplates, key: stored.key, value, expect: stored.version }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
