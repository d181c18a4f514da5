// What one line of an import file says, in the forms of the SES developer guide. Leaves to whom: whether the address is one, and whether the
// list has the topic, is judged where the record takes effect.
import { splitCsv } from '../kit/csv.ts'
import type { ImportDestination } from '../resources/import-jobs.ts'
import type { TopicPreference } from '../resources/contact-lists.ts'
import { topicsMax } from '../resources/limits.ts'

/** What a record asks for. */
export interface ImportRecord {
  readonly address: string
  readonly reason: 'BOUNCE' | 'COMPLAINT' | undefined
  readonly preferences: readonly TopicPreference[]
  readonly unsubscribeAll: boolean
  readonly attributesData: string | undefined
}

/** Why a record says nothing. */
export interface RecordFault {
  readonly fault: string
}

/** How the records of one file are read. */
export interface RecordForm {
  readonly format: 'CSV' | 'JSON'
  readonly destination: ImportDestination
  /** The header of a contact list's CSV. */
  readonly columns: readonly string[] | undefined
}

const fault = (text: string): RecordFault => ({ fault: text })
const nothing = { reason: undefined, preferences: [], unsubscribeAll: false, attributesData: undefined } as const
const topicColumn = 'topicPreferences.'
const namedColumns = ['emailAddress', 'unsubscribeAll', 'attributesData']

/** Judges the header line of a contact list's CSV; answers its columns. */
export function readColumns(line: string): readonly string[] | RecordFault {
  const columns = splitCsv(line)?.map((column) => column.trim())
  if (!columns?.includes('emailAddress')) return fault('The first line must be a header with the column emailAddress.')
  const foreign = columns.find((column) => !namedColumns.includes(column) && !(column.startsWith(topicColumn) && column.length > topicColumn.length))
  if (foreign !== undefined) return fault(`The header has an unknown column: ${foreign.slice(0, 100)}`)
  if (columns.length > topicsMax + namedColumns.length) return fault(`The header has more than ${topicsMax} topics.`)
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  return twice === undefined ? columns : fault(`The header has the column ${twice.slice(0, 100)} twice.`)
}

/** Reads one record. */
export function parseRecord(text: string, form: RecordForm): ImportRecord | RecordFault {
  if (form.format === 'JSON') return fromJson(text, form.destination)
  const fields = splitCsv(text)
  if (!fields) return fault('A quoted field has no proper end.')
  return form.destination.kind === 'CONTACT_LIST' ? fromColumns(fields, form.columns ?? []) : fromFields(fields, form.destination)
}

function fromFields([address = '', ...others]: readonly string[], { action }: ImportDestination): ImportRecord | RecordFault {
  if (others.length > 1) return fault(`Expected ${action === 'PUT' ? 'an address and a reason' : 'an address'} but found ${others.length + 1} columns.`)
  // Who takes addresses out may name the file that put them in.
  return action === 'DELETE' ? { ...nothing, address } : withReason(address, others[0]?.trim())
}

function withReason(address: string, reason: unknown): ImportRecord | RecordFault {
  if (reason !== 'BOUNCE' && reason !== 'COMPLAINT') return fault('The reason must be BOUNCE or COMPLAINT.')
  return { ...nothing, address, reason }
}

function fromColumns(fields: readonly string[], columns: readonly string[]): ImportRecord | RecordFault {
  if (fields.length !== columns.length) return fault(`Expected ${columns.length} columns but found ${fields.length}.`)
  const of = (column: string) => fields[columns.indexOf(column)]
  const preferences: TopicPreference[] = []
  for (const [index, column] of columns.entries()) {
    const status = fields[index]?.trim() ?? ''
    if (!column.startsWith(topicColumn) || status === '') continue
    if (status !== 'OPT_IN' && status !== 'OPT_OUT') return fault(`${column} must be OPT_IN or OPT_OUT.`)
    preferences.push({ topicName: column.slice(topicColumn.length), status })
  }
  const unsubscribeAll = (of('unsubscribeAll') ?? '').trim().toLowerCase()
  if (!['', 'true', 'false'].includes(unsubscribeAll)) return fault('unsubscribeAll must be true or false.')
  return {
    ...nothing,
    address: of('emailAddress') ?? '',
    preferences,
    unsubscribeAll: unsubscribeAll === 'true',
    attributesData: of('attributesData') || undefined,
  }
}

function fromJson(text: string, destination: ImportDestination): ImportRecord | RecordFault {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fault('The line is no JSON object.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fault('The line is no JSON object.')
  const { emailAddress: address, reason, unsubscribeAll = false, attributesData, topicPreferences } = value as Record<string, unknown>
  if (typeof address !== 'string') return fault('emailAddress is missing.')
  if (destination.action === 'DELETE') return { ...nothing, address }
  if (destination.kind === 'SUPPRESSION_LIST') return withReason(address, reason)
  const preferences = readPreferences(topicPreferences ?? [])
  if (!preferences) return fault('topicPreferences must be a list of objects with topicName and subscriptionStatus OPT_IN or OPT_OUT.')
  if (typeof unsubscribeAll !== 'boolean') return fault('unsubscribeAll must be true or false.')
  if (attributesData != null && typeof attributesData !== 'string') return fault('attributesData must be a text.')
  return { ...nothing, address, preferences, unsubscribeAll, attributesData: attributesData || undefined }
}

function readPreferences(value: unknown): TopicPreference[] | undefined {
  if (!Array.isArray(value)) return undefined
  const preferences = value.map((entry: unknown): TopicPreference | undefined => {
    const { topicName, subscriptionStatus } = (entry ?? {}) as Record<string, unknown>
    if (typeof topicName !== 'string' || (subscriptionStatus !== 'OPT_IN' && subscriptionStatus !== 'OPT_OUT')) return undefined
    return { topicName, status: subscriptionStatus }
  })
  return preferences.every((preference) => preference !== undefined) ? preferences : undefined
}
