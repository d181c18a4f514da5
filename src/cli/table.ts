// An aligned table for people. Where the terminal is too narrow the widest columns give first; without a terminal nothing is cut.
import { columnCharactersMin } from './limits.ts'

const gap = '  '

/** Lines with their line ends: names, a rule, rows. Control characters of values never reach the terminal. */
export function renderTable(names: readonly string[], rows: readonly (readonly string[])[], columns: number | undefined): string {
  const cells = [names, ...rows].map((row) => names.map((_, index) => cleanText(row[index] ?? '')))
  const widths = names.map((_, index) => cells.reduce((widest, row) => Math.max(widest, lengthOf(row[index] ?? '')), 0))
  if (columns !== undefined) fit(widths, columns - gap.length * (names.length - 1))
  const line = (row: readonly string[]) =>
    `${row
      .map((text, index) => pad(text, widths[index] ?? 0))
      .join(gap)
      .trimEnd()}\n`
  const [head = '', ...body] = cells.map(line)
  return `${head}${line(widths.map((width) => '-'.repeat(width)))}${body.join('')}`
}

function fit(widths: number[], room: number): void {
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const widest = Math.max(...widths)
    if (widest <= columnCharactersMin) return
    const next = Math.max(columnCharactersMin, ...widths.filter((width) => width < widest))
    const index = widths.indexOf(widest)
    const cut = Math.max(1, Math.min(excess, widest - next))
    widths[index] = widest - cut
    excess -= cut
  }
}

function pad(text: string, width: number): string {
  const length = lengthOf(text)
  return length <= width ? text + ' '.repeat(width - length) : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`
}

/** A value comes from strangers' mail: an escape sequence in it must not steer the terminal. */
export function cleanText(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
}

function lengthOf(text: string): number {
  return [...text].length
}
