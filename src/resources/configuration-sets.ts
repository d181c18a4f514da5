// Configuration sets: rules that a send names. Source: ses.md §5.
import { collection } from '../storage/store.ts'
import type { VdmSettings } from './account.ts'
import type { ValidationSetting } from './address-validation.ts'
import type { EventDestination } from './event-destinations.ts'
import type { SuppressionAttributes, Tag } from './tenants.ts'

/** A configuration set with its option groups; an undefined group was never set. */
export interface ConfigurationSetRecord {
  readonly name: string
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly sendingEnabled: boolean
  readonly delivery:
    | { readonly tlsPolicy: 'REQUIRE' | 'OPTIONAL' | undefined; readonly poolName: string | undefined; readonly maxDeliverySeconds: number | undefined }
    | undefined
  readonly tracking: { readonly customRedirectDomain: string; readonly httpsPolicy: string | undefined } | undefined
  readonly reputation: { readonly metricsEnabled: boolean; readonly lastFreshStartAt: number | undefined } | undefined
  /** Each member overrides for itself what tenant and account say; no reasons at all (an empty list) switches suppression off for the set. */
  readonly suppression:
    | {
        readonly reasons: SuppressionAttributes['reasons'] | undefined
        readonly scope: SuppressionAttributes['scope'] | undefined
        /** Auto Validation, in place of the account's. */
        readonly validation?: ValidationSetting | undefined
      }
    | undefined
  /** Engagement metrics switch tracking on (tracking-rule.ts); the rest is kept and shown, and the dashboard that reads it comes with the console. */
  readonly vdm?: VdmSettings | undefined
  /** Kept and shown: nothing is archived here. */
  readonly archiveArn?: string | undefined
  readonly eventDestinations?: readonly EventDestination[] | undefined
}

/** Configuration sets by name. */
export const configurationSets = collection<ConfigurationSetRecord>('configuration-set')
