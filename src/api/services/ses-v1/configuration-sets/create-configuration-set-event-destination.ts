// CreateConfigurationSetEventDestination.
import { createConfigurationSetEventDestination as create } from '../../ses/event-destinations/create-configuration-set-event-destination.ts'
import type { V1Operation } from '../operation.ts'
import { v2Members } from './event-destination-spelling.ts'

export const createConfigurationSetEventDestination: V1Operation<'CreateConfigurationSetEventDestination'> = (input, call, parts) =>
  create(v2Members(input), call, parts)
