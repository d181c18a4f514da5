// Export jobs: figures or message insights on their way into a file for download (ses.md §11).
import { collection } from '../storage/store.ts'
import type { JobKind, JobRecord } from './jobs.ts'
import { unfinishedExportsMax } from './limits.ts'

/** Figures to export. Dimensions in the order in which they were named are the first columns; `*` is every value. */
export interface MetricsExport {
  readonly kind: 'METRICS_DATA'
  readonly dimensions: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly metrics: readonly { readonly name: string; readonly aggregation: 'RATE' | 'VOLUME' }[]
  readonly startAt: number
  /** Exclusive. */
  readonly endAt: number
}

/** Values by which messages are chosen; an absent or empty member chooses nothing and leaves out nothing. */
export interface InsightFilters {
  readonly fromAddresses: readonly string[]
  readonly destinations: readonly string[]
  readonly subjects: readonly string[]
  readonly providers: readonly string[]
  readonly tenantNames: readonly string[]
  readonly lastDeliveryEvents: readonly string[]
  readonly lastEngagementEvents: readonly string[]
}

/** Message insights to export. */
export interface InsightsExport {
  readonly kind: 'MESSAGE_INSIGHTS'
  readonly include: InsightFilters
  readonly exclude: InsightFilters
  readonly resultsMax: number
  readonly startAt: number
  /** Inclusive. */
  readonly endAt: number
}

/** One export job. */
export interface ExportJobRecord extends JobRecord {
  readonly format: 'CSV' | 'JSON'
  readonly source: MetricsExport | InsightsExport
  /** Whether the request named them; for the answer. */
  readonly given: { readonly include: boolean; readonly exclude: boolean; readonly resultsMax: boolean }
  readonly processed: number | undefined
  readonly exported: number | undefined
}

/** All export jobs. */
export const exportJobs: JobKind<ExportJobRecord> = {
  line: 'export',
  jobs: collection<ExportJobRecord>('export-job'),
  places: collection('export-job-place'),
  unfinishedMax: unfinishedExportsMax,
}
