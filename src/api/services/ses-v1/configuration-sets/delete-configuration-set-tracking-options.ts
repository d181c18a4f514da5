// DeleteConfigurationSetTrackingOptions.
import type { V1Operation } from '../operation.ts'
import { editTracking } from './edit-tracking.ts'

export const deleteConfigurationSetTrackingOptions: V1Operation<'DeleteConfigurationSetTrackingOptions'> = (input, _call, { store }) =>
  editTracking(store, input.ConfigurationSetName, 'exist', 'remove')
