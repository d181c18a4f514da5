// PutConfigurationSetDeliveryOptions: replaces the whole group.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeDelivery } from '../../../../resources/configuration-set-options.ts'
import type { Operation } from '../../../operation.ts'
import { readDelivery } from './configuration-set-wire.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetDeliveryOptions: Operation<'PutConfigurationSetDeliveryOptions'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, async (set) => {
    const delivery = await judgeDelivery(store, readDelivery(input))
    return isRefusal(delivery) ? delivery : { ...set, delivery }
  })
