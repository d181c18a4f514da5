// UpdateConfigurationSetTrackingOptions.
import type { V1Operation } from '../operation.ts'
import { editTracking } from './edit-tracking.ts'

export const updateConfigurationSetTrackingOptions: V1Operation<'UpdateConfigurationSetTrackingOptions'> = (input, _call, { store }) =>
  editTracking(store, input.ConfigurationSetName, 'exist', { domain: input.TrackingOptions?.CustomRedirectDomain })
