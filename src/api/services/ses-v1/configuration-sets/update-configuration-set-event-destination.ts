// UpdateConfigurationSetEventDestination.
import { updateConfigurationSetEventDestination as update } from '../../ses/event-destinations/update-configuration-set-event-destination.ts'
import type { V1Operation } from '../operation.ts'
import { v2Members } from './event-destination-spelling.ts'

export const updateConfigurationSetEventDestination: V1Operation<'UpdateConfigurationSetEventDestination'> = (input, call, parts) =>
  update(v2Members(input), call, parts)
