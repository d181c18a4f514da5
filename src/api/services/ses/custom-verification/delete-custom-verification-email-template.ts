// DeleteCustomVerificationEmailTemplate. Links that were sent keep their pages: the identity remembers them.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { deleteCustomVerificationTemplate } from '../../../../resources/custom-verification-templates.ts'
import type { Operation } from '../../../operation.ts'

export const deleteCustomVerificationEmailTemplate: Operation<'DeleteCustomVerificationEmailTemplate'> = async (input, _call, { store }) => {
  const refusal = await commitDecision(store, () => deleteCustomVerificationTemplate(store, input.TemplateName ?? ''))
  return isRefusal(refusal) ? refusal : {}
}
