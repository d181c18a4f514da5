// CreateConfigurationSetEventDestination. Stored and judged; publishing reads it from the set's record.
import { isRefusal } from '../../../../model/refusal.ts'
import { addEventDestination, judgeEventDestination, judgeEventDestinationName } from '../../../../resources/event-destinations.ts'
import type { Operation } from '../../../operation.ts'
import { editConfigurationSet } from '../configuration-sets/edit-configuration-set.ts'
import { readEventDestination } from './event-destination-wire.ts'

export const createConfigurationSetEventDestination: Operation<'CreateConfigurationSetEventDestination'> = async (input, _call, { store }) => {
  const name = input.EventDestinationName ?? ''
  const destination = judgeEventDestinationName(name) ?? judgeEventDestination(name, readEventDestination(input.EventDestination))
  if (isRefusal(destination)) return destination
  return editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const eventDestinations = addEventDestination(set.eventDestinations ?? [], destination, set.name)
    return isRefusal(eventDestinations) ? eventDestinations : { ...set, eventDestinations }
  })
}
