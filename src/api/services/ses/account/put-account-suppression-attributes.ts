// PutAccountSuppressionAttributes. No reasons switches the account's suppression off.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { judgeReasonsEnum } from '../../../../resources/tenant-suppression.ts'
import type { Operation } from '../../../operation.ts'
import { editAccount } from './edit-account.ts'

export const putAccountSuppressionAttributes: Operation<'PutAccountSuppressionAttributes'> = async (input, _call, { store }) => {
  if (input.ValidationAttributes) return refuse('InvalidRequest', { text: 'ValidationAttributes is not offered.' })
  const reasons = judgeReasonsEnum(input.SuppressedReasons ?? [])
  return isRefusal(reasons) ? reasons : editAccount(store, { suppressedReasons: [...new Set(reasons)] })
}
