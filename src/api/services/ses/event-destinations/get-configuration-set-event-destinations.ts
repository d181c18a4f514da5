// GetConfigurationSetEventDestinations: all of them, in the order in which they came.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { Operation } from '../../../operation.ts'
import { wireEventDestination } from './event-destination-wire.ts'

export const getConfigurationSetEventDestinations: Operation<'GetConfigurationSetEventDestinations'> = async (input, _call, { store }) => {
  const stored = await requireConfigurationSet(store, input.ConfigurationSetName)
  return isRefusal(stored) ? stored : { EventDestinations: (stored.value.eventDestinations ?? []).map(wireEventDestination) }
}
