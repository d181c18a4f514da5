// What an import or its plan counted. Bounded: names are kept up to a number, everything is counted.
import { reportLinesMax } from '../limits.ts'

/** What became of one resource; a plan knows only new, equal, different, earlier, leftOut and failed. */
export type Result = 'new' | 'copied' | 'updated' | 'equal' | 'different' | 'earlier' | 'leftOut' | 'failed'

/** One line about one resource. */
export interface Line {
  readonly kind: string
  readonly key: string
  readonly text: string
}

/** Counters of one run. */
export interface Tally {
  /** By kind, in the order in which they came. */
  readonly counts: ReadonlyMap<string, Readonly<Record<Result | 'seen', number>>>
  readonly failures: readonly Line[]
  readonly differences: readonly Line[]
  /** What stays behind, by kind and reason, with how many and one example. */
  readonly notes: readonly { readonly kind: string; readonly reason: string; readonly count: number; readonly example: string }[]
  /** A kind that was looked at stands in the report, though it be empty. */
  open(kind: string): void
  count(kind: string, result: Result): void
  fail(kind: string, key: string, reason: string): void
  differ(kind: string, key: string, parts: readonly string[]): void
  note(kind: string, key: string, reasons: readonly string[]): void
  failed(): number
}

const zero = () => ({ seen: 0, new: 0, copied: 0, updated: 0, equal: 0, different: 0, earlier: 0, leftOut: 0, failed: 0 })

/** An empty tally. */
export function createTally(): Tally {
  const counts = new Map<string, ReturnType<typeof zero>>()
  const failures: Line[] = []
  const differences: Line[] = []
  const notes = new Map<string, { kind: string; reason: string; count: number; example: string }>()
  const of = (kind: string) => {
    const row = counts.get(kind) ?? zero()
    counts.set(kind, row)
    return row
  }
  const count = (kind: string, result: Result) => {
    const row = of(kind)
    row.seen += 1
    row[result] += 1
  }
  const keep = (lines: Line[], line: Line) => {
    if (lines.length < reportLinesMax) lines.push(line)
  }
  return {
    counts,
    failures,
    differences,
    get notes() {
      return [...notes.values()]
    },
    open: (kind) => void of(kind),
    count,
    fail(kind, key, text) {
      count(kind, 'failed')
      keep(failures, { kind, key, text })
    },
    differ(kind, key, parts) {
      count(kind, 'different')
      keep(differences, { kind, key, text: parts.join(', ') })
    },
    note(kind, key, reasons) {
      for (const reason of reasons) {
        const id = `${kind}\t${reason}`
        const known = notes.get(id)
        if (known) known.count += 1
        else if (notes.size < reportLinesMax) notes.set(id, { kind, reason, count: 1, example: key })
      }
    },
    failed: () => [...counts.values()].reduce((sum, { failed }) => sum + failed, 0),
  }
}
