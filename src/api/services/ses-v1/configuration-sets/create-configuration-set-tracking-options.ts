// CreateConfigurationSetTrackingOptions.
import type { V1Operation } from '../operation.ts'
import { editTracking } from './edit-tracking.ts'

export const createConfigurationSetTrackingOptions: V1Operation<'CreateConfigurationSetTrackingOptions'> = (input, _call, { store }) =>
  editTracking(store, input.ConfigurationSetName, 'be absent', { domain: input.TrackingOptions?.CustomRedirectDomain })
