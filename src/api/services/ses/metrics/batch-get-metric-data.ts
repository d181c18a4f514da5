// BatchGetMetricData: daily figures from the event log. Faults of a query refuse the whole request, as in SES; a query that would read
// too much answers an error of its own. VDM need not be switched on.
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import type { BatchGetMetricDataQuery } from '@aws-sdk/client-sesv2'
import { dimensionValuesMax, queryDaysMax } from '../../../../insights/limits.ts'
import type { DimensionName } from '../../../../insights/metric-rows.ts'
import { type MetricQuery, readMetric } from '../../../../insights/read-metrics.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import type { Operation } from '../../../operation.ts'

const dayMs = 86_400_000
const invalid = (text: string) => refuse('InvalidRequest', { text })

export const batchGetMetricData: Operation<'BatchGetMetricData'> = async (input, _call, { store, countEvents }) => {
  const queries = input.Queries ?? []
  if (new Set(queries.map(({ Id }) => Id)).size !== queries.length) return invalid('All queries must have a unique identifier.')
  const read = queries.map(readQuery)
  const fault = read.find(isRefusal)
  if (fault) return fault
  await countEvents()
  const results: { Id: string; Timestamps: Date[]; Values: number[] }[] = []
  const errors: { Id: string; Code: 'INTERNAL_FAILURE'; Message: string }[] = []
  for (const [index, query] of read.entries()) {
    const Id = queries[index]?.Id ?? ''
    const series = isRefusal(query) ? undefined : await readMetric(store, query)
    if (series) results.push({ Id, Timestamps: series.map(({ at }) => new Date(at)), Values: series.map(({ value }) => value) })
    else errors.push({ Id, Code: 'INTERNAL_FAILURE', Message: 'The query reads too much. Name a narrower interval or fewer values.' })
  }
  return { Results: results, Errors: errors }
}

function readQuery(query: BatchGetMetricDataQuery): MetricQuery | Refusal {
  const [startAt, endAt] = [query.StartDate?.getTime() ?? 0, query.EndDate?.getTime() ?? 0]
  if (startAt >= endAt) return invalid('Expected start date to be before the end date.')
  if (endAt - startAt > queryDaysMax * dayMs)
    return invalid(`Invalid interval, can request at most ${queryDaysMax} days. Please partition your requested interval.`)
  const dimensions: Partial<Record<DimensionName, readonly string[]>> = {}
  for (const [name, text = ''] of Object.entries(query.Dimensions ?? {}) as [DimensionName, string | undefined][]) {
    const values = [...new Set(text.split(',').map((value) => value.trim()))]
    if (values.length > dimensionValuesMax || values.includes('')) return invalid('Unsupported dimension provided.')
    // `*` is every value: the dimension does not narrow anything.
    if (!values.includes('*')) dimensions[name] = name === 'EMAIL_IDENTITY' ? values.map(identityKey) : values
  }
  return { metric: query.Metric ?? 'SEND', dimensions, startAt, endAt }
}
