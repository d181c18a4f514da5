// PutConfigurationSetSuppressionOptions. An empty list is an explicit "no suppression"; an absent one leaves the reasons to tenant and account.
// Reasons with scope, and Auto Validation, are two halves: a request that names one of them alone leaves the other as it is; one that names
// neither takes the whole override away.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeSuppression } from '../../../../resources/configuration-set-options.ts'
import type { Operation } from '../../../operation.ts'
import { readSuppression } from './configuration-set-wire.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetSuppressionOptions: Operation<'PutConfigurationSetSuppressionOptions'> = async (input, _call, { store, statusChanged }) => {
  const answer = await editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const judged = judgeSuppression(readSuppression(input), 'plain')
    if (isRefusal(judged)) return judged
    const { suppression } = judged
    if (!suppression) return { ...set, suppression }
    const { reasons, scope, validation } = suppression
    const lists = reasons === undefined && scope === undefined ? set.suppression : suppression
    return { ...set, suppression: { reasons: lists?.reasons, scope: lists?.scope, validation: validation ?? set.suppression?.validation } }
  })
  // Mail that waits is judged by the new threshold.
  if (!isRefusal(answer) && input.ValidationOptions) statusChanged()
  return answer
}
