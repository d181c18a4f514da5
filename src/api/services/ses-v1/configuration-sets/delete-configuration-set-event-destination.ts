// DeleteConfigurationSetEventDestination.
import { deleteConfigurationSetEventDestination as remove } from '../../ses/event-destinations/delete-configuration-set-event-destination.ts'
import type { V1Operation } from '../operation.ts'

export const deleteConfigurationSetEventDestination: V1Operation<'DeleteConfigurationSetEventDestination'> = (input, call, parts) => remove(input, call, parts)
