// How our own commands print: a table for people, the service's document for programs.
import { renderTable } from './table.ts'
import type { Terminal } from './terminal.ts'

/** One answer in both voices. */
export interface Printed {
  readonly document: unknown
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The last line of the table. */
  readonly note: string
}

/** Prints as `form` asks: json, text (tab-separated rows) or, by default, a table. */
export function printRows(printed: Printed, form: string | undefined, terminal: Terminal): void {
  if (form === 'json') terminal.out(`${JSON.stringify(printed.document, null, 4)}\n`)
  else if (form === 'text') terminal.out(printed.rows.map((row) => `${row.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')}\n`).join(''))
  else terminal.out(`${printed.rows.length > 0 ? renderTable(printed.names, printed.rows, terminal.columns) : ''}${printed.note}\n`)
}
