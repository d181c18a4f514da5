// UpdateConfigurationSetEventDestination: the whole definition is replaced, the kind of target included.
import { isRefusal } from '../../../../model/refusal.ts'
import { judgeEventDestination, replaceEventDestination } from '../../../../resources/event-destinations.ts'
import type { Operation } from '../../../operation.ts'
import { editConfigurationSet } from '../configuration-sets/edit-configuration-set.ts'
import { readEventDestination } from './event-destination-wire.ts'

export const updateConfigurationSetEventDestination: Operation<'UpdateConfigurationSetEventDestination'> = async (input, _call, { store }) => {
  const name = input.EventDestinationName ?? ''
  const destination = judgeEventDestination(name, readEventDestination(input.EventDestination))
  if (isRefusal(destination)) return destination
  return editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const eventDestinations = replaceEventDestination(set.eventDestinations ?? [], name, destination, set.name)
    return isRefusal(eventDestinations) ? eventDestinations : { ...set, eventDestinations }
  })
}
