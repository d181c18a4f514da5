// UpdateConfigurationSetReputationMetricsEnabled.
import { putConfigurationSetReputationOptions } from '../../ses/configuration-sets/put-configuration-set-reputation-options.ts'
import type { V1Operation } from '../operation.ts'

export const updateConfigurationSetReputationMetricsEnabled: V1Operation<'UpdateConfigurationSetReputationMetricsEnabled'> = (input, call, parts) =>
  putConfigurationSetReputationOptions({ ConfigurationSetName: input.ConfigurationSetName, ReputationMetricsEnabled: input.Enabled }, call, parts)
