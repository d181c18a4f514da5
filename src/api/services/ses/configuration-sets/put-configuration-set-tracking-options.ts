// PutConfigurationSetTrackingOptions. Nothing given clears the domain.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeTracking } from '../../../../resources/configuration-set-options.ts'
import type { Operation } from '../../../operation.ts'
import { readTracking } from './configuration-set-wire.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetTrackingOptions: Operation<'PutConfigurationSetTrackingOptions'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, async (set) => {
    const judged = await judgeTracking(store, readTracking(input), true)
    return isRefusal(judged) ? judged : { ...set, ...judged }
  })
