// Daily figures by dimension, and what one event adds to them. Source: ses.md §11. A day is a UTC day, of the event and not of the message.
// Messages with several recipients and the mailbox simulator do not count, as in SES. Four families hold the same figures, each led by the
// dimension that a query names, so that a query for one tenant reads that tenant's rows only.
import { parseArn } from '../model/arn.ts'
import { heldBackSubTypes, type LoggedEvent } from '../model/event.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { providerOf } from '../mail/mailbox-provider.ts'
import { type Collection, collection, compositeKey } from '../storage/store.ts'

/** Metrics as the wire spells them. DELIVERY_OPEN and DELIVERY_CLICK count deliveries of mail whose opens or clicks are counted. */
export type MetricName =
  | 'SEND'
  | 'COMPLAINT'
  | 'PERMANENT_BOUNCE'
  | 'TRANSIENT_BOUNCE'
  | 'OPEN'
  | 'CLICK'
  | 'DELIVERY'
  | 'DELIVERY_OPEN'
  | 'DELIVERY_CLICK'
  | 'DELIVERY_COMPLAINT'

/** Dimensions as the wire spells them. */
export type DimensionName = 'TENANT_NAME' | 'CONFIGURATION_SET' | 'EMAIL_IDENTITY' | 'ISP'

/** Figures of one day and one combination. */
export interface MetricRow {
  readonly counts: Readonly<Partial<Record<MetricName, number>>>
}

/** A family: key is `compositeKey(day, …dimensions)` in this order. */
export interface MetricFamily {
  readonly collection: Collection<MetricRow>
  readonly dimensions: readonly DimensionName[]
}

const family = (name: string, ...dimensions: DimensionName[]): MetricFamily => ({ collection: collection<MetricRow>(name), dimensions })

/** In the order in which a query chooses: the first whose leading dimension it names; the last serves every other query. */
export const metricFamilies: readonly MetricFamily[] = [
  family('metric-by-tenant', 'TENANT_NAME', 'CONFIGURATION_SET', 'EMAIL_IDENTITY', 'ISP'),
  family('metric-by-configuration-set', 'CONFIGURATION_SET', 'EMAIL_IDENTITY', 'ISP'),
  family('metric-by-identity', 'EMAIL_IDENTITY', 'ISP'),
  family('metric-by-isp', 'ISP'),
]

/** The UTC day of a time, as it stands in keys. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** What an event adds: to which combination, in which metrics. Undefined for one that does not count. */
export function measure(event: LoggedEvent, hostname: string): { dimensions: Record<DimensionName, string>; metrics: readonly MetricName[] } | undefined {
  const [recipient, ...others] = event.mail.destination
  if (recipient === undefined || others.length > 0 || simulatorMailbox(recipient, hostname)) return undefined
  const provider = providerOf(recipient.slice(recipient.lastIndexOf('@') + 1).toLowerCase())
  const metrics = metricsOf(event, provider.hasFeedbackLoop)
  if (metrics.length === 0) return undefined
  return {
    metrics,
    dimensions: {
      TENANT_NAME: event.tenantName,
      CONFIGURATION_SET: event.configurationSetName,
      EMAIL_IDENTITY: parseArn(event.mail.sourceArn)?.name ?? '',
      ISP: provider.name,
    },
  }
}

function metricsOf(event: LoggedEvent, hasFeedbackLoop: boolean): readonly MetricName[] {
  switch (event.type) {
    case 'COMPLAINT':
      return heldBackSubTypes.has(event.detail.complaintSubType) ? [] : ['COMPLAINT']
    case 'SEND':
    case 'OPEN':
    case 'CLICK':
      return [event.type]
    case 'DELIVERY':
      return [
        'DELIVERY',
        ...(hasFeedbackLoop ? (['DELIVERY_COMPLAINT'] as const) : []),
        ...(event.mail.trackers ?? []).map((tracker) => `DELIVERY_${tracker}` as const),
      ]
    case 'BOUNCE':
      if (heldBackSubTypes.has(event.detail.bounceSubType)) return []
      return event.detail.bounceType === 'Permanent' ? ['PERMANENT_BOUNCE'] : event.detail.bounceType === 'Transient' ? ['TRANSIENT_BOUNCE'] : []
    default:
      return []
  }
}

/** The key of a combination in a family; undefined when its leading dimension is empty, which no query can name. */
export function rowKey({ dimensions }: MetricFamily, day: string, values: Readonly<Record<DimensionName, string>>): string | undefined {
  const parts = dimensions.map((dimension) => values[dimension])
  return parts[0] === '' ? undefined : compositeKey(day, ...parts)
}
