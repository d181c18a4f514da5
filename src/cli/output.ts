// Answers as text: JSON and text lines as the AWS CLI prints them, tables for people.
import { renderTable } from './table.ts'

/** The forms of --output. */
export const outputForms = ['json', 'table', 'text'] as const
/** One of them. */
export type OutputForm = (typeof outputForms)[number]

/** The whole text with its last line end; empty when there is nothing to say. */
export function renderAnswer(answer: Record<string, unknown>, form: OutputForm, columns: number | undefined): string {
  const value = plain(answer) as Record<string, unknown>
  if (Object.keys(value).length === 0) return ''
  switch (form) {
    case 'json':
      return `${JSON.stringify(value, null, 4)}\n`
    case 'text':
      return textLines(value)
        .map((line) => `${line}\n`)
        .join('')
    case 'table':
      return sections(value, '', columns).join('\n')
  }
}

/** Dates as ISO 8601 with +00:00 and bytes as base64; absent members go. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString().replace(/(?:\.000|(\.\d{3}))Z$/, (_, fraction?: string) => `${fraction ? `${fraction}000` : ''}+00:00`)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, plain(member)]),
  )
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function scalarText(value: unknown): string {
  return value === null || value === undefined ? 'None' : value === true ? 'True' : value === false ? 'False' : String(value)
}

// The AWS CLI's text form: a line of tab-separated scalars for each structure, members in the order of their names.
function textLines(value: unknown, identifier?: string, keys?: readonly string[]): string[] {
  const head = identifier === undefined ? [] : [identifier.toUpperCase()]
  if (isScalar(value)) return [[...head, scalarText(value)].join('\t')]
  if (Array.isArray(value)) {
    if (value.every(isScalar))
      return identifier === undefined ? [value.map(scalarText).join('\t')] : value.map((item) => [...head, scalarText(item)].join('\t'))
    const all = [...new Set(value.flatMap((item) => (isScalar(item) || Array.isArray(item) ? [] : scalarKeys(item as Record<string, unknown>))))].sort()
    return value.flatMap((item) => textLines(item, identifier, all))
  }
  const object = value as Record<string, unknown>
  const names = keys ?? scalarKeys(object)
  const lines = names.length > 0 ? [[...head, ...names.map((name) => scalarText(object[name]))].join('\t')] : []
  for (const name of Object.keys(object).sort()) if (!isScalar(object[name])) lines.push(...textLines(object[name], name))
  return lines
}

function scalarKeys(object: Record<string, unknown>): string[] {
  return Object.keys(object)
    .filter((name) => isScalar(object[name]))
    .sort()
}

// One table for the scalars of a structure, one for each list within, titled with the way to it.
function sections(value: Record<string, unknown>, title: string, columns: number | undefined): string[] {
  const tables: string[] = []
  const heading = title ? `${title}\n` : ''
  const scalars = Object.entries(value).filter(([, member]) => isScalar(member))
  if (scalars.length > 0)
    tables.push(
      heading +
        renderTable(
          ['Name', 'Value'],
          scalars.map(([name, member]) => [name, cell(member)]),
          columns,
        ),
    )
  for (const [name, member] of Object.entries(value)) {
    if (isScalar(member)) continue
    const path = title ? `${title}.${name}` : name
    if (!Array.isArray(member)) {
      tables.push(...sections(member as Record<string, unknown>, path, columns))
      continue
    }
    const structures = member.filter((item) => !isScalar(item) && !Array.isArray(item)) as Record<string, unknown>[]
    if (structures.length === 0)
      tables.push(
        `${path}\n${renderTable(
          ['Value'],
          member.map((item) => [cell(item)]),
          columns,
        )}`,
      )
    else {
      const names = [...new Set(structures.flatMap((item) => Object.keys(item)))]
      tables.push(
        `${path}\n${renderTable(
          names,
          structures.map((item) => names.map((key) => cell(item[key]))),
          columns,
        )}`,
      )
    }
  }
  return tables
}

function cell(value: unknown): string {
  return value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
}
