// How SES writes the files of exports: column names and their order, quotes, the comma at the end of each line of a message insights CSV, the
// comma in front of each further object of a JSON list, times in words, four decimals. Programs that read SES's files read ours.
import { csvField, quotedCsvField } from '../kit/csv.ts'
import type { MetricsExport } from '../resources/export-jobs.ts'
import type { InsightsExportRow } from './export-insights.ts'
import type { MetricsExportRow } from './export-metrics.ts'

type Format = 'CSV' | 'JSON'

/** Turns rows of message insights into text, piece by piece: begin, rows, end. */
export function insightsText(format: Format): { begin: string; rows(rows: readonly InsightsExportRow[]): string; end: string } {
  if (format === 'CSV') {
    const line = (fields: readonly string[]) => `${fields.map(quotedCsvField).join(',')},\n`
    return { begin: line(insightColumns), rows: (rows) => rows.map((row) => line(insightFields(row))).join(''), end: '' }
  }
  let isFirst = true
  const object = (row: InsightsExportRow) => {
    const fields = insightFields(row)
    const text = `${isFirst ? '' : ','}${JSON.stringify(Object.fromEntries(insightColumns.map((column, index) => [column, fields[index]])))}\n`
    isFirst = false
    return text
  }
  return { begin: '[\n', rows: (rows) => rows.map(object).join(''), end: ']\n' }
}

/** The whole text of a metrics export. */
export function metricsText(format: Format, { dimensions, metrics }: MetricsExport, rows: readonly MetricsExportRow[]): string {
  const names = dimensions.map(({ name }) => name)
  const columns = metrics.map(({ name, aggregation }) => `${name}_${aggregation}`)
  if (format === 'CSV') {
    const lines = rows.map(({ values, figures }) => [...values.map(csvField), ...figures.map((figure) => figure.toFixed(4))].join(','))
    return [[...names, ...columns].join(','), ...lines, ''].join('\n')
  }
  const objects = rows.map(({ values, figures }) => {
    const dimensionMembers = names.map((name, index) => `${JSON.stringify(name.toLowerCase())}:${JSON.stringify(values[index])}`)
    const metricMembers = columns.map((column, index) => `${JSON.stringify(column)}:${(figures[index] ?? 0).toFixed(4)}`)
    return `{${dimensionMembers.join(',')},"metrics":{${metricMembers.join(',')}}}`
  })
  return `[${objects.join('\n,')}]\n`
}

const insightColumns = [
  'messageid',
  'sendtimestamp',
  'isp',
  'fromaddress',
  'destination',
  'subject',
  'last_delivery_event',
  'last_engagement_event',
  'last_delivery_event_timestamp',
  'last_engagement_event_timestamp',
  'bounce_sub_type',
  'diagnostic_code',
]

function insightFields(row: InsightsExportRow): string[] {
  const { lastDelivery, lastEngagement } = row
  return [
    row.messageId,
    timeText(row.sentAt),
    row.provider,
    row.fromAddress,
    row.destination,
    row.subject,
    lastDelivery?.event ?? '',
    lastEngagement?.event ?? '',
    timeText(lastDelivery?.at),
    timeText(lastEngagement?.at),
    row.bounceSubType,
    row.diagnosticCode,
  ]
}

/** `2026-09-21 01:02:03.123 UTC`. */
function timeText(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC')
}
