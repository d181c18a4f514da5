// PutAccountSuppressionAttributes. No reasons switches the account's suppression off. Reasons and Auto Validation are two halves: a request
// with ValidationAttributes alone leaves the reasons as they are, and one without leaves Auto Validation as it is.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeReasonsEnum } from '../../../../resources/tenant-suppression.ts'
import type { Operation } from '../../../operation.ts'
import { readValidation } from '../validation-wire.ts'
import { editAccount } from './edit-account.ts'

export const putAccountSuppressionAttributes: Operation<'PutAccountSuppressionAttributes'> = async (input, _call, { store, statusChanged }) => {
  const validation = readValidation(input.ValidationAttributes)
  const reasons = judgeReasonsEnum(input.SuppressedReasons ?? [])
  if (isRefusal(reasons)) return reasons
  const answer = await editAccount(store, {
    ...(input.SuppressedReasons || !validation ? { suppressedReasons: [...new Set(reasons)] } : {}),
    ...(validation ? { validation } : {}),
  })
  // Mail that waits is judged by the new threshold.
  if (!isRefusal(answer) && validation) statusChanged()
  return answer
}
