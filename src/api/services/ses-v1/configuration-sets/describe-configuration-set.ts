// DescribeConfigurationSet: the name, and of the rest what is asked for.
import { isRefusal } from '../../../../model/refusal.ts'
import { requireConfigurationSet } from '../../../../resources/find-configuration-set.ts'
import type { V1Operation } from '../operation.ts'
import { v1Spelling } from '../v1-spelling.ts'
import { v1EventDestination } from './event-destination-spelling.ts'

export const describeConfigurationSet: V1Operation<'DescribeConfigurationSet'> = async (input, _call, { store }) => {
  const stored = await requireConfigurationSet(store, input.ConfigurationSetName)
  if (isRefusal(stored)) return stored
  const { name, tracking, delivery, reputation, sendingEnabled, eventDestinations = [] } = stored.value
  const asked = new Set<string>(input.ConfigurationSetAttributeNames ?? [])
  const tlsPolicy = delivery?.tlsPolicy
  return {
    ConfigurationSet: { Name: name },
    ...(asked.has('eventDestinations') ? { EventDestinations: eventDestinations.map(v1EventDestination) } : {}),
    ...(asked.has('trackingOptions') && tracking ? { TrackingOptions: { CustomRedirectDomain: tracking.customRedirectDomain } } : {}),
    ...(asked.has('deliveryOptions') && tlsPolicy ? { DeliveryOptions: { TlsPolicy: v1Spelling<'Require' | 'Optional'>(tlsPolicy) } } : {}),
    ...(asked.has('reputationOptions')
      ? {
          ReputationOptions: {
            SendingEnabled: sendingEnabled,
            ReputationMetricsEnabled: reputation?.metricsEnabled ?? false,
            ...(reputation?.lastFreshStartAt === undefined ? {} : { LastFreshStart: new Date(reputation.lastFreshStartAt) }),
          },
        }
      : {}),
  }
}
