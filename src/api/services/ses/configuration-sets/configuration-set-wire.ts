// Configuration sets as they stand on the wire.
import type { DeliveryOptions, GetConfigurationSetResponse, SuppressionOptions, TrackingOptions, VdmOptions } from '@aws-sdk/client-sesv2'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import type { VdmSettings } from '../../../../resources/account.ts'
import type { ConfigurationSetRecord } from '../../../../resources/configuration-sets.ts'
import { wireTags } from '../tenants/tenant-wire.ts'
import { readValidation, wireValidation } from '../validation-wire.ts'

/** Members of the delivery group; null counts as absent. */
export function readDelivery(options: DeliveryOptions) {
  return {
    tlsPolicy: options.TlsPolicy ?? undefined,
    poolName: options.SendingPoolName ?? undefined,
    maxDeliverySeconds: options.MaxDeliverySeconds ?? undefined,
  }
}

/** Members of the tracking group. */
export function readTracking(options: Partial<TrackingOptions>) {
  return { customRedirectDomain: options.CustomRedirectDomain ?? undefined, httpsPolicy: options.HttpsPolicy ?? undefined }
}

/** Members of the suppression group. */
export function readSuppression(options: SuppressionOptions) {
  return {
    reasons: options.SuppressedReasons ?? undefined,
    scope: options.SuppressionScope ?? undefined,
    validation: readValidation(options.ValidationOptions),
  }
}

/** Members of the VDM group. */
export function readVdm(options: VdmOptions): VdmSettings {
  return {
    engagementMetrics: options.DashboardOptions?.EngagementMetrics ?? undefined,
    optimizedSharedDelivery: options.GuardianOptions?.OptimizedSharedDelivery ?? undefined,
  }
}

/** A group that would change the mail and does not is refused rather than forgotten. */
export function unofferedOptions(input: { MessageSecurityOptions?: unknown }): Refusal | undefined {
  return input.MessageSecurityOptions ? refuse('InvalidRequest', { text: 'MessageSecurityOptions is not offered.' }) : undefined
}

/** All groups of a set; a group that was never set is left out, sending always stands there. */
export function wireConfigurationSet(set: ConfigurationSetRecord): GetConfigurationSetResponse {
  const { delivery, tracking, reputation, suppression, vdm, archiveArn } = set
  return {
    ConfigurationSetName: set.name,
    ...(tracking
      ? {
          TrackingOptions: {
            CustomRedirectDomain: tracking.customRedirectDomain,
            ...(tracking.httpsPolicy === undefined ? {} : { HttpsPolicy: tracking.httpsPolicy as TrackingOptions['HttpsPolicy'] }),
          },
        }
      : {}),
    // An empty group would be a difference for ever to Terraform, which compares groups that are there with those it set.
    ...(delivery && Object.values(delivery).some((member) => member !== undefined)
      ? {
          DeliveryOptions: {
            ...(delivery.tlsPolicy === undefined ? {} : { TlsPolicy: delivery.tlsPolicy }),
            ...(delivery.poolName === undefined ? {} : { SendingPoolName: delivery.poolName }),
            ...(delivery.maxDeliverySeconds === undefined ? {} : { MaxDeliverySeconds: delivery.maxDeliverySeconds }),
          },
        }
      : {}),
    ReputationOptions: {
      ReputationMetricsEnabled: reputation?.metricsEnabled ?? false,
      ...(reputation?.lastFreshStartAt === undefined ? {} : { LastFreshStart: new Date(reputation.lastFreshStartAt) }),
    },
    SendingOptions: { SendingEnabled: set.sendingEnabled },
    Tags: wireTags(set.tags),
    ...(archiveArn === undefined ? {} : { ArchivingOptions: { ArchiveArn: archiveArn } }),
    ...(vdm
      ? {
          VdmOptions: {
            ...(vdm.engagementMetrics === undefined ? {} : { DashboardOptions: { EngagementMetrics: vdm.engagementMetrics } }),
            ...(vdm.optimizedSharedDelivery === undefined ? {} : { GuardianOptions: { OptimizedSharedDelivery: vdm.optimizedSharedDelivery } }),
          },
        }
      : {}),
    ...(suppression
      ? {
          SuppressionOptions: {
            ...(suppression.reasons === undefined ? {} : { SuppressedReasons: [...suppression.reasons] }),
            ...(suppression.scope === undefined ? {} : { SuppressionScope: suppression.scope }),
            ...(suppression.validation === undefined ? {} : { ValidationOptions: wireValidation(suppression.validation) }),
          },
        }
      : {}),
  }
}
