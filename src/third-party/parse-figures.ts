// Figures that an operator brings along, as JSON lines or as CSV with a heading: provider, one of tenant, domain and ip, day, sent, and complaints or
// rate. Pure: whether a tenant exists is judged where the figure is taken.
import { isIP } from 'node:net'
import { splitCsv } from '../kit/csv.ts'
import { normaliseDomain } from '../resources/identity-name.ts'
import { figureProvider } from '../resources/third-party-figures.ts'
import { isDay } from './days.ts'
import { importLineCharactersMax, importLinesMax } from './limits.ts'

/** One figure as it was given. */
export interface GivenFigure {
  readonly provider: string
  readonly by: { readonly kind: 'tenant' | 'domain' | 'ip'; readonly name: string }
  readonly day: string
  readonly sent: number | undefined
  readonly complaints: number | undefined
  readonly rate: number | undefined
}

/** What a line says, or why it says nothing. Lines count from 1. */
export interface GivenLine {
  readonly line: number
  readonly given: GivenFigure | { readonly fault: string }
}

const columns = ['provider', 'tenant', 'domain', 'ip', 'day', 'sent', 'complaints', 'rate'] as const
type Column = (typeof columns)[number]
type Fields = Partial<Record<Column, string>>
interface Fault {
  readonly fault: string
}

/** Reads all lines; blank ones are left out. `fault`: the whole cannot be read. */
export function parseFigures(text: string): readonly GivenLine[] | Fault {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content.trim() !== '')
  const [first] = lines
  if (!first) return { fault: 'There is no line with a figure.' }
  const isJson = first.content.trimStart().startsWith('{')
  const heading = isJson ? undefined : readHeading(first.content)
  if (heading && 'fault' in heading) return heading
  const rest = isJson ? lines : lines.slice(1)
  if (rest.length > importLinesMax) return { fault: `At most ${importLinesMax} figures can be given at once.` }
  return rest.map(({ content, line }) => {
    if (content.length > importLineCharactersMax) return { line, given: { fault: `The line is longer than ${importLineCharactersMax} characters.` } }
    const fields = heading ? fromCsv(content, heading) : fromJson(content)
    return { line, given: 'fault' in fields ? fields : judge(fields) }
  })
}

function readHeading(line: string): readonly Column[] | Fault {
  const names = splitCsv(line)?.map((name) => name.trim().toLowerCase()) ?? []
  const foreign = names.find((name) => !(columns as readonly string[]).includes(name))
  if (foreign !== undefined) return { fault: `The heading has an unknown column: ${foreign.slice(0, 100)}. It may have ${columns.join(', ')}.` }
  return new Set(names).size === names.length ? (names as Column[]) : { fault: 'The heading has a column twice.' }
}

function fromCsv(line: string, heading: readonly Column[]): Fields | Fault {
  const values = splitCsv(line)
  if (!values) return { fault: 'A quoted field has no proper end.' }
  if (values.length !== heading.length) return { fault: `Expected ${heading.length} columns but found ${values.length}.` }
  return Object.fromEntries(heading.map((name, index) => [name, values[index]?.trim() ?? '']))
}

function fromJson(line: string): Fields | Fault {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { fault: 'The line is no JSON.' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { fault: 'The line is no JSON object.' }
  const fields: Fields = {}
  for (const [name, member] of Object.entries(value)) {
    const column = columns.find((one) => one === name)
    if (!column) return { fault: `Unknown member: ${name.slice(0, 100)}. A figure may have ${columns.join(', ')}.` }
    if (member === null) continue
    if (typeof member !== 'string' && typeof member !== 'number') return { fault: `${name} must be a text or a number.` }
    fields[column] = String(member).trim()
  }
  return fields
}

function judge(fields: Fields): GivenFigure | Fault {
  const provider = figureProvider(fields.provider ?? '')
  if (provider === undefined) return { fault: 'provider must be a name such as gmail, microsoft or yahoo.' }
  const by = judgeSubject(fields)
  if ('fault' in by) return by
  const { day = '' } = fields
  if (!isDay(day)) return { fault: 'day must be a day such as 2026-11-24.' }
  const [sent, complaints, rate] = [readCount(fields.sent), readCount(fields.complaints), readRate(fields.rate)]
  if (sent === null || complaints === null) return { fault: 'sent and complaints must be whole numbers.' }
  if (rate === null) return { fault: 'rate must be a share of 1, such as 0.001, or a percentage with its sign, such as 0.1%.' }
  if ((complaints === undefined) === (rate === undefined)) return { fault: 'Give either complaints or rate.' }
  if (complaints !== undefined && sent !== undefined && complaints > sent) return { fault: 'complaints cannot be more than sent.' }
  return { provider, by, day, sent, complaints, rate }
}

function judgeSubject({ tenant, domain, ip }: Fields): GivenFigure['by'] | Fault {
  const given = [tenant, domain, ip].filter((name) => name)
  if (given.length !== 1) return { fault: 'Give one of tenant, domain and ip.' }
  if (tenant) return { kind: 'tenant', name: tenant }
  if (ip) return isIP(ip) ? { kind: 'ip', name: ip.toLowerCase() } : { fault: 'ip must be an IP address.' }
  const name = normaliseDomain(domain ?? '')
  return name ? { kind: 'domain', name } : { fault: 'domain must be a domain name.' }
}

/** Null: it is none. */
function readCount(text: string | undefined): number | undefined | null {
  if (!text) return undefined
  return /^\d{1,12}$/.test(text) ? Number(text) : null
}

/** Null: it is none. JSON writes small numbers as `1e-7`. */
function readRate(text: string | undefined): number | undefined | null {
  if (!text) return undefined
  const [, number, percent] = /^(\d{1,3}(?:\.\d{1,20})?(?:e-\d{1,2})?)\s*(%)?$/i.exec(text) ?? []
  if (number === undefined) return null
  const rate = percent ? Number(number) / 100 : Number(number)
  return rate <= 1 ? rate : null
}
