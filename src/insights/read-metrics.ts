// Answers one metric query from the daily figures.
import { setImmediate as turn } from 'node:timers/promises'
import { compositeKey, type Store } from '../storage/store.ts'
import { rowsPerQueryMax, rowsPerRead } from './limits.ts'
import { dayOf, type DimensionName, type MetricName, metricFamilies } from './metric-rows.ts'

/** One series to read. */
export interface MetricQuery {
  readonly metric: MetricName
  /** Values by dimension; a dimension that is not there is not looked at. */
  readonly dimensions: Readonly<Partial<Record<DimensionName, readonly string[]>>>
  /** The UTC day of this time is the first. */
  readonly startAt: number
  /** Days that begin before this time. */
  readonly endAt: number
}

/** Values by the beginning of their day; days without any are left out. */
export type MetricSeries = readonly { readonly at: number; readonly value: number }[]

const dayMs = 86_400_000

/** Reads a series; undefined when it would need more rows than one query may read. */
export async function readMetric(store: Pick<Store, 'list'>, query: MetricQuery): Promise<MetricSeries | undefined> {
  const { metric, dimensions } = query
  const lastFamily = metricFamilies.at(-1)
  const family = metricFamilies.find(({ dimensions: [leading] }) => leading !== undefined && dimensions[leading]) ?? lastFamily
  if (!family) return undefined
  const [leading = 'ISP'] = family.dimensions
  const series: { at: number; value: number }[] = []
  let rowsRead = 0
  for (let at = Math.floor(query.startAt / dayMs) * dayMs; at < query.endAt; at += dayMs) {
    const day = dayOf(at)
    let value = 0
    for (const name of dimensions[leading] ?? [undefined]) {
      const prefix = name === undefined ? day : compositeKey(day, name, ...(family.dimensions.length > 1 ? [''] : []))
      for (let after: string | undefined; ; ) {
        const rows = await store.list(family.collection, { prefix, limit: rowsPerRead, ...(after === undefined ? {} : { after }) })
        rowsRead += Math.max(rows.length, 1)
        if (rowsRead > rowsPerQueryMax) return undefined
        for (const row of rows) {
          const [, ...parts] = row.key.split('\0')
          const fits = family.dimensions.every((dimension, index) => dimensions[dimension]?.includes(parts[index] ?? '') ?? true)
          // The prefix of the last family also fits a longer name.
          if (fits && (name === undefined || parts[0] === name)) value += row.value.counts[metric] ?? 0
        }
        after = rows.at(-1)?.key
        if (rows.length < rowsPerRead) break
        await turn()
      }
    }
    if (value > 0) series.push({ at, value })
    await turn()
  }
  return series
}
