// DeleteConfigurationSetEventDestination.
import { isRefusal } from '../../../../model/refusal.ts'
import { replaceEventDestination } from '../../../../resources/event-destinations.ts'
import type { Operation } from '../../../operation.ts'
import { editConfigurationSet } from '../configuration-sets/edit-configuration-set.ts'

export const deleteConfigurationSetEventDestination: Operation<'DeleteConfigurationSetEventDestination'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    const eventDestinations = replaceEventDestination(set.eventDestinations ?? [], input.EventDestinationName ?? '', undefined, set.name)
    return isRefusal(eventDestinations) ? eventDestinations : { ...set, eventDestinations }
  })
