// PutConfigurationSetReputationOptions. An absent member means false.
import type { Operation } from '../../../operation.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetReputationOptions: Operation<'PutConfigurationSetReputationOptions'> = (input, _call, { store }) =>
  editConfigurationSet(store, input.ConfigurationSetName, (set) => ({
    ...set,
    reputation: { metricsEnabled: input.ReputationMetricsEnabled ?? false, lastFreshStartAt: set.reputation?.lastFreshStartAt },
  }))
