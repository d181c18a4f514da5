// PutConfigurationSetSendingOptions. An absent member means false: it pauses the set.
import { isRefusal } from '../../../../model/refusal.ts'
import type { Operation } from '../../../operation.ts'
import { editConfigurationSet } from './edit-configuration-set.ts'

export const putConfigurationSetSendingOptions: Operation<'PutConfigurationSetSendingOptions'> = async (input, _call, { store, clock, statusChanged }) => {
  const sendingEnabled = input.SendingEnabled ?? false
  const answer = await editConfigurationSet(store, input.ConfigurationSetName, (set) => {
    // Reputation metrics of a set start afresh when its sending is switched on again.
    const restarted = sendingEnabled && !set.sendingEnabled
    const reputation = restarted ? { metricsEnabled: set.reputation?.metricsEnabled ?? false, lastFreshStartAt: clock.now() } : set.reputation
    return { ...set, sendingEnabled, reputation }
  })
  if (!isRefusal(answer)) statusChanged()
  return answer
}
