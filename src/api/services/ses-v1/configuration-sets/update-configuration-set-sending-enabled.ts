// UpdateConfigurationSetSendingEnabled.
import { putConfigurationSetSendingOptions } from '../../ses/configuration-sets/put-configuration-set-sending-options.ts'
import type { V1Operation } from '../operation.ts'

export const updateConfigurationSetSendingEnabled: V1Operation<'UpdateConfigurationSetSendingEnabled'> = (input, call, parts) =>
  putConfigurationSetSendingOptions({ ConfigurationSetName: input.ConfigurationSetName, SendingEnabled: input.Enabled }, call, parts)
