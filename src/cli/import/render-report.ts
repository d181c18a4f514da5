// The plan before and the report after, as tables for people and as a document for programs.
import { cleanText, renderTable } from '../table.ts'
import type { Result, Tally } from './tally.ts'

const columnsOf = {
  plan: [
    ['SEEN', 'seen'],
    ['NEW', 'new'],
    ['EQUAL', 'equal'],
    ['DIFFERENT', 'different'],
    ['TO UPDATE', 'updated'],
    ['DONE BEFORE', 'earlier'],
    ['LEFT OUT', 'leftOut'],
    ['FAILED', 'failed'],
  ],
  report: [
    ['SEEN', 'seen'],
    ['COPIED', 'copied'],
    ['UPDATED', 'updated'],
    ['EQUAL', 'equal'],
    ['DIFFERENT', 'different'],
    ['DONE BEFORE', 'earlier'],
    ['LEFT OUT', 'leftOut'],
    ['FAILED', 'failed'],
  ],
} as const satisfies Record<string, readonly (readonly [string, Result | 'seen'])[]>

const alwaysShown: ReadonlySet<string> = new Set(['seen', 'new', 'copied', 'equal', 'failed'])

/** The table and what must be said under it. */
export function renderTally(tally: Tally, form: 'plan' | 'report', columns: number | undefined): string {
  // What counts nothing at all is left out, so that the table fits.
  const names = columnsOf[form].filter(([, result]) => alwaysShown.has(result) || [...tally.counts.values()].some((counts) => counts[result] > 0))
  const rows = [...tally.counts].map(([kind, counts]) => [kind, ...names.map(([, result]) => String(counts[result]))])
  const table = renderTable(['KIND', ...names.map(([name]) => name)], rows, columns)
  const failed = tally.failed()
  const different = [...tally.counts.values()].reduce((sum, counts) => sum + counts.different, 0)
  return [
    table,
    section(
      'What does not come along, or not as it is:',
      tally.notes.map(({ kind, reason, count, example }) => `${kind}: ${reason} (${count}, for example ${example})`),
    ),
    section(
      `Different here, and left as they are (--update overwrites them):${more(different, tally.differences.length)}`,
      tally.differences.map(({ kind, key, text }) => `${kind} ${key}: ${text}`),
    ),
    section(
      `Failed:${more(failed, tally.failures.length)}`,
      tally.failures.map(({ kind, key, text }) => `${kind} ${key}: ${text}`),
    ),
  ].join('')
}

/** The same for programs. */
export function tallyDocument(tally: Tally): Record<string, unknown> {
  return {
    Kinds: [...tally.counts].map(([kind, counts]) => ({
      Kind: kind,
      Seen: counts.seen,
      New: counts.new,
      Copied: counts.copied,
      Updated: counts.updated,
      Equal: counts.equal,
      Different: counts.different,
      DoneBefore: counts.earlier,
      LeftOut: counts.leftOut,
      Failed: counts.failed,
    })),
    Notes: tally.notes.map(({ kind, reason, count, example }) => ({ Kind: kind, Reason: reason, Count: count, Example: example })),
    Differences: tally.differences.map(({ kind, key, text }) => ({ Kind: kind, Name: key, Parts: text })),
    Failures: tally.failures.map(({ kind, key, text }) => ({ Kind: kind, Name: key, Reason: text })),
  }
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${cleanText(line)}\n`).join('')}`
}

function more(all: number, shown: number): string {
  return all > shown ? ` (the first ${shown} of ${all})` : ''
}
