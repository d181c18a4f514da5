// PutConfigurationSetSuppressionOptions. An empty list is an explicit "no suppression"; an absent one leaves the reasons to tenant and account.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { judgeSuppression } from '../../../../resources/configuration-set-options.ts'
import type { Operation } from '../../../operation.ts'
import { readSuppression } from './configuration-set-wire.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetSuppressionOptions: Operation<'PutConfigurationSetSuppressionOptions'> = async (input, _call, { store }) => {
  if (input.ValidationOptions) return refuse('InvalidRequest', { text: 'ValidationOptions is not offered.' })
  return editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const suppression = judgeSuppression(readSuppression(input), 'plain')
    return isRefusal(suppression) ? suppression : { ...set, ...suppression }
  })
}
