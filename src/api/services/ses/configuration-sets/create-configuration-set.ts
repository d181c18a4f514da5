// CreateConfigurationSet with its option groups.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { judgeConfigurationSetName, judgeDelivery, judgeSuppression, judgeTracking } from '../../../../resources/configuration-set-options.ts'
import { type ConfigurationSetRecord, configurationSets } from '../../../../resources/configuration-sets.ts'
import { judgeTags } from '../../../../resources/tags.ts'
import type { Operation } from '../../../operation.ts'
import { readTags } from '../tenants/tenant-wire.ts'
import { readDelivery, readSuppression, readTracking, readVdm, unofferedOptions } from './configuration-set-wire.ts'

export const createConfigurationSet: Operation<'CreateConfigurationSet'> = async (input, _call, { store, clock }) => {
  const name = input.ConfigurationSetName ?? ''
  const tags = readTags(input.Tags)
  const fault = judgeConfigurationSetName(name) ?? judgeTags(tags) ?? unofferedOptions(input)
  if (fault) return fault
  const delivery = input.DeliveryOptions && (await judgeDelivery(store, readDelivery(input.DeliveryOptions)))
  if (isRefusal(delivery)) return delivery
  const suppression = input.SuppressionOptions && judgeSuppression(readSuppression(input.SuppressionOptions), 'model')
  if (isRefusal(suppression)) return suppression
  const refusal = await commitDecision(store, async () => {
    if (await store.get(configurationSets, name)) return refuse('AlreadyExists', { text: `Configuration set ${name} already exists.` })
    const tracking = input.TrackingOptions && (await judgeTracking(store, readTracking(input.TrackingOptions), false))
    if (isRefusal(tracking)) return tracking
    const value: ConfigurationSetRecord = {
      name,
      createdAt: clock.now(),
      tags,
      // Without the group sending is on; a group without the member is off, as in PutConfigurationSetSendingOptions.
      sendingEnabled: input.SendingOptions ? (input.SendingOptions.SendingEnabled ?? false) : true,
      delivery,
      tracking: tracking?.tracking,
      reputation: input.ReputationOptions && {
        metricsEnabled: input.ReputationOptions.ReputationMetricsEnabled ?? false,
        lastFreshStartAt: input.ReputationOptions.LastFreshStart?.getTime(),
      },
      suppression: suppression?.suppression,
      vdm: input.VdmOptions && readVdm(input.VdmOptions),
      archiveArn: input.ArchivingOptions?.ArchiveArn ?? undefined,
    }
    return { answer: undefined, changes: [{ type: 'put', collection: configurationSets, key: name, value, expect: 'absent' }] }
  })
  return isRefusal(refusal) ? refusal : {}
}
