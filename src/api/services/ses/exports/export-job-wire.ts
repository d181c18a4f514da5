// Export jobs as they stand on the wire. Order of faults: one data source, then the destination, then what the source says; texts: SES's own.
import type { ExportDataSource, MessageInsightsDataSource, MessageInsightsFilters, MetricsDataSource } from '@aws-sdk/client-sesv2'
import { exportResultsMax } from '../../../../insights/limits.ts'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import type { ExportJobRecord, InsightFilters, InsightsExport, MetricsExport } from '../../../../resources/export-jobs.ts'
import { identityKey } from '../../../../resources/identity-name.ts'

const dayMs = 86_400_000
const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Undefined when both sources or none are named. */
export function oneSource(source: ExportDataSource | undefined): { metrics: MetricsDataSource } | { insights: MessageInsightsDataSource } | undefined {
  const { MetricsDataSource: metrics, MessageInsightsDataSource: insights } = source ?? {}
  if ((metrics == null) === (insights == null)) return undefined
  return metrics ? { metrics } : { insights: insights as MessageInsightsDataSource }
}

/** Reads a metrics source. */
export function readMetricsSource(source: MetricsDataSource): MetricsExport | Refusal {
  const nameless = (source.Metrics ?? []).findIndex(({ Name }) => Name == null)
  if (nameless >= 0) {
    const member = `exportDataSource.metricsDataSource.metrics.${nameless + 1}.member.name`
    return invalid(`1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`)
  }
  const [startAt, endAt] = [source.StartDate?.getTime() ?? 0, source.EndDate?.getTime() ?? 0]
  if (startAt >= endAt) return invalid('Invalid date range')
  if (startAt % dayMs !== 0 || endAt % dayMs !== 0)
    return invalid('To get daily aggregated data you must not specify partial-day timestamps. Please make your interval go from midnight to midnight UTC.')
  return {
    kind: 'METRICS_DATA',
    dimensions: Object.entries(source.Dimensions ?? {}).map(([name, values]) => ({
      name,
      values: [...new Set(values ?? [])].map((value) => (name === 'EMAIL_IDENTITY' && value !== '*' ? identityKey(value) : value)),
    })),
    metrics: (source.Metrics ?? []).map(({ Name = 'SEND', Aggregation }) => ({ name: Name, aggregation: Aggregation ?? 'VOLUME' })),
    startAt,
    endAt,
  }
}

/** Reads a message insights source. */
export function readInsightsSource(source: MessageInsightsDataSource): InsightsExport | Refusal {
  const [startAt, endAt] = [source.StartDate?.getTime() ?? 0, source.EndDate?.getTime() ?? 0]
  if (startAt >= endAt) return invalid('Invalid date range')
  const resultsMax = source.MaxResults ?? exportResultsMax
  return { kind: 'MESSAGE_INSIGHTS', include: readFilters(source.Include), exclude: readFilters(source.Exclude), resultsMax, startAt, endAt }
}

function readFilters(filters: MessageInsightsFilters | null | undefined): InsightFilters {
  return {
    fromAddresses: filters?.FromEmailAddress ?? [],
    destinations: filters?.Destination ?? [],
    subjects: filters?.Subject ?? [],
    providers: filters?.Isp ?? [],
    tenantNames: filters?.TenantName ?? [],
    lastDeliveryEvents: filters?.LastDeliveryEvent ?? [],
    lastEngagementEvents: filters?.LastEngagementEvent ?? [],
  }
}

/** The source of a job, as it was asked for. */
export function wireSource({ source, given }: ExportJobRecord): ExportDataSource {
  const dates = { StartDate: new Date(source.startAt), EndDate: new Date(source.endAt) }
  if (source.kind === 'METRICS_DATA') {
    return {
      MetricsDataSource: {
        Dimensions: Object.fromEntries(source.dimensions.map(({ name, values }) => [name, [...values]])),
        Namespace: 'VDM',
        Metrics: source.metrics.map(({ name, aggregation }) => ({ Name: name as 'SEND', Aggregation: aggregation })),
        ...dates,
      },
    }
  }
  return {
    MessageInsightsDataSource: {
      ...dates,
      ...(given.include ? { Include: wireFilters(source.include) } : {}),
      ...(given.exclude ? { Exclude: wireFilters(source.exclude) } : {}),
      ...(given.resultsMax ? { MaxResults: source.resultsMax } : {}),
    },
  }
}

function wireFilters(filters: InsightFilters): MessageInsightsFilters {
  const members = {
    FromEmailAddress: filters.fromAddresses,
    Destination: filters.destinations,
    Subject: filters.subjects,
    Isp: filters.providers,
    TenantName: filters.tenantNames,
    LastDeliveryEvent: filters.lastDeliveryEvents,
    LastEngagementEvent: filters.lastEngagementEvents,
  }
  return Object.fromEntries(Object.entries(members).filter(([, values]) => values.length > 0)) as MessageInsightsFilters
}

/** The members that a job shows alone and in a list. */
export function wireExportJob({ id, source, status, createdAt, completedAt }: ExportJobRecord) {
  return {
    JobId: id,
    ExportSourceType: source.kind,
    JobStatus: status,
    CreatedTimestamp: new Date(createdAt),
    ...(completedAt === undefined ? {} : { CompletedTimestamp: new Date(completedAt) }),
  }
}
