// CreateCustomVerificationEmailTemplate.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { createCustomVerificationTemplate } from '../../../../resources/custom-verification-templates.ts'
import { judgeTags } from '../../../../resources/tags.ts'
import { judgeTemplateName } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'
import { readCustomVerificationTemplate } from './custom-verification-wire.ts'

export const createCustomVerificationEmailTemplate: Operation<'CreateCustomVerificationEmailTemplate'> = async (input, _call, { store, clock }) => {
  const name = input.TemplateName ?? ''
  const tags = readTags(input.Tags)
  const fault = judgeTemplateName(name) ?? judgeTags(tags)
  if (fault) return fault
  const value = { name, createdAt: clock.now(), tags, ...readCustomVerificationTemplate(input) }
  const refusal = await commitDecision(store, () => createCustomVerificationTemplate(store, value))
  return isRefusal(refusal) ? refusal : {}
}
