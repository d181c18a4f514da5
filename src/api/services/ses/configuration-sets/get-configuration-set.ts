// GetConfigurationSet.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { Operation } from '../../../operation.ts'
import { wireConfigurationSet } from './configuration-set-wire.ts'

export const getConfigurationSet: Operation<'GetConfigurationSet'> = async (input, _call, { store }) => {
  const stored = await requireConfigurationSet(store, input.ConfigurationSetName)
  return isRefusal(stored) ? stored : wireConfigurationSet(stored.value)
}
