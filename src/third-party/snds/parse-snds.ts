// The CSV of Microsoft's Smart Network Data Services, a row for an address and day: address, start and end of its activity, RCPT commands, DATA
// commands, recipients, filter result, complaint rate, start and end of trap messages, trap hits, sample HELO, sample MAIL FROM, comments.
// Source: deliverability.md §4.2. A row that is not in this form is counted and left out.
import { isIP } from 'node:net'
import { splitCsv } from '../../kit/csv.ts'
import { dayOf } from '../days.ts'
import { sndsRowsMax } from '../limits.ts'

/** One address on one day. */
export interface SndsRow {
  readonly address: string
  readonly day: string
  readonly recipients: number
  readonly filterResult: 'GREEN' | 'YELLOW' | 'RED' | undefined
  /** 0 … 1; undefined: not told. */
  readonly rate: number | undefined
  /** The rate is only known to be below this. */
  readonly rateBelow: number | undefined
  readonly trapHits: number | undefined
}

/** Reads an answer. `fault`: it is no such file (a page of the portal, say). */
export function parseSnds(text: string): { readonly rows: readonly SndsRow[]; readonly badLines: number } | { readonly fault: string } {
  if (/^[\s\ufeff]*</.test(text)) return { fault: 'a web page instead of CSV: is the link still valid?' }
  const rows: SndsRow[] = []
  let badLines = 0
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const fields = splitCsv(index === 0 ? line.replace(/^\ufeff/, '') : line)?.map((field) => field.trim())
    if (index === 0 && fields && /^ip\b/i.test(fields[0] ?? '')) continue // A heading.
    const row = fields && parseRow(fields)
    if (row) rows.push(row)
    else badLines++
    if (rows.length === sndsRowsMax) break
  }
  return rows.length === 0 && badLines > 0 ? { fault: 'text that is no table of addresses' } : { rows, badLines }
}

function parseRow(fields: readonly string[]): SndsRow | undefined {
  const [address = '', start = '', end = '', , , recipientsText = '', result = '', rateText = '', , , traps = ''] = fields
  const day = dayBetween(start, end)
  const recipients = parseCount(recipientsText)
  const rate = parseRate(rateText)
  if (isIP(address) === 0 || day === undefined || recipients === undefined || rate === undefined) return undefined
  const filterResult = (['GREEN', 'YELLOW', 'RED'] as const).find((one) => one === result.toUpperCase())
  return { address, day, recipients, filterResult, ...rate, trapHits: parseCount(traps) }
}

/** `< 0.1%`, `0.4%`, `1.3 %`; empty: not told. */
function parseRate(text: string): { rate: number | undefined; rateBelow: number | undefined } | undefined {
  if (text === '') return { rate: undefined, rateBelow: undefined }
  const [, below, number] = /^(<)?\s*(\d{1,3}(?:\.\d{1,9})?)\s*%$/.exec(text) ?? []
  const rate = Number(number) / 100
  if (number === undefined || rate > 1) return undefined
  return below ? { rate: 0, rateBelow: rate } : { rate, rateBelow: undefined }
}

function parseCount(text: string): number | undefined {
  return /^(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,4})$/.test(text) ? Number(text.replaceAll(',', '')) : undefined
}

/** The day on which most of the activity was: the portal's days need not begin at our midnight. */
function dayBetween(start: string, end: string): string | undefined {
  const [from, to] = [parseTime(start), parseTime(end)]
  return from === undefined || to === undefined || to < from ? undefined : dayOf((from + to) / 2)
}

/** `12/31/2025 7:00:00 PM`, with or without seconds; also 24 hours, and ISO. */
function parseTime(text: string): number | undefined {
  const [, month, date, year, hour, minute, second = '0', half] =
    /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([AP])M)?$/i.exec(text) ?? []
  if (year === undefined) {
    const at = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text) ? Date.parse(`${text.slice(0, 16).replace(' ', 'T')}Z`) : Number.NaN
    return Number.isNaN(at) ? undefined : at
  }
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0)
  if (Number(month) < 1 || Number(month) > 12 || Number(date) < 1 || Number(date) > 31 || hours > 23 || Number(minute) > 59) return undefined
  return Date.UTC(Number(year), Number(month) - 1, Number(date), hours, Number(minute), Number(second))
}
