// The rows of a metrics export: one for each combination of dimension values that mail was sent with, counted from the same daily figures that
// BatchGetMetricData reads. A rate is a metric over SEND. Source: ses.md §11 and the SES model's words on ExportMetric.
import { setImmediate as turn } from 'node:timers/promises'
import type { MetricsExport } from '../resources/export-jobs.ts'
import { compositeKey, type Store } from '../storage/store.ts'
import { exportCombinationsMax, exportRowsReadMax, metricDaysKept, rowsPerRead } from './limits.ts'
import { dayOf, type DimensionName, type MetricName, metricFamilies } from './metric-rows.ts'

/** Values in the order of the dimensions, then figures in the order of the metrics. */
export interface MetricsExportRow {
  readonly values: readonly string[]
  readonly figures: readonly number[]
}

/** The rows and how many daily figures were looked at; undefined when the export would read too much. */
export async function exportMetrics(
  store: Pick<Store, 'list'>,
  { dimensions, metrics, startAt, endAt }: MetricsExport,
  { now, mayGoOn }: { now: number; mayGoOn: () => Promise<boolean> },
): Promise<{ rows: MetricsExportRow[]; processed: number } | undefined> {
  const named = new Map(dimensions.map(({ name, values }) => [name, values.includes('*') ? undefined : values]))
  const family = metricFamilies.find(({ dimensions: [leading = 'ISP'] }) => named.has(leading))
  if (!family) return { rows: [], processed: 0 }
  const [leading = 'ISP'] = family.dimensions
  const places = dimensions.map(({ name }) => family.dimensions.indexOf(name as DimensionName))
  const counted = new Map<string, Map<MetricName, number>>()
  let processed = 0
  const firstAt = Math.max(startAt, now - (metricDaysKept + 1) * dayMs)
  for (let at = Math.floor(firstAt / dayMs) * dayMs; at < Math.min(endAt, now + dayMs); at += dayMs) {
    const day = dayOf(at)
    if (!(await mayGoOn())) return undefined
    for (const value of named.get(leading) ?? [undefined]) {
      const prefix = value === undefined ? day : compositeKey(day, value, ...(family.dimensions.length > 1 ? [''] : []))
      for (let after: string | undefined; ; ) {
        const rows = await store.list(family.collection, { prefix, limit: rowsPerRead, ...(after === undefined ? {} : { after }) })
        processed += rows.length
        if (processed > exportRowsReadMax) return undefined
        for (const row of rows) {
          const [, ...parts] = row.key.split('\0')
          // The prefix of the last family also fits a longer name.
          if (value !== undefined && parts[0] !== value) continue
          const values = places.map((place) => parts[place] ?? '')
          const fits = values.every((text, index) => text !== '' && (named.get(dimensions[index]?.name ?? '')?.includes(text) ?? true))
          if (!fits) continue
          const key = compositeKey(...values)
          const counts = counted.get(key) ?? new Map<MetricName, number>()
          for (const [metric, count] of Object.entries(row.value.counts) as [MetricName, number][]) counts.set(metric, (counts.get(metric) ?? 0) + count)
          counted.set(key, counts)
          if (counted.size > exportCombinationsMax) return undefined
        }
        after = rows.at(-1)?.key
        if (rows.length < rowsPerRead) break
        await turn()
      }
    }
    await turn()
  }
  const figure = (counts: ReadonlyMap<MetricName, number>, { name, aggregation }: MetricsExport['metrics'][number]) => {
    const volume = counts.get(name as MetricName) ?? 0
    const sends = counts.get('SEND') ?? 0
    return aggregation === 'VOLUME' ? volume : sends === 0 ? 0 : volume / sends
  }
  const rows = [...counted].map(([key, counts]) => ({ values: key.split('\0'), figures: metrics.map((metric) => figure(counts, metric)) }))
  return { rows: rows.sort((a, b) => (compositeKey(...a.values) < compositeKey(...b.values) ? -1 : 1)), processed }
}

const dayMs = 86_400_000
