// The report of a conformance run as Markdown.
import { probeClasses } from './probe.ts'
import type { Report } from './run-conformance.ts'

/** A row per operation, the answers by type, and every fault. */
export function renderReport({ operations, answers, faults }: Report, tookMs: number): string {
  const totals = probeClasses.map(() => 0)
  const good = probeClasses.map(() => 0)
  let [all, bySdk, succeeded] = [0, 0, 0]
  const rows = [...operations].map(([operation, counts]) => {
    const cells = [...counts.values()].map(({ sent }) => sent)
    for (const [column, count] of [...counts.values()].entries()) good[column] = (good[column] ?? 0) + count.succeeded
    for (const [column, sent] of cells.entries()) totals[column] = (totals[column] ?? 0) + sent
    const sum = (of: 'sent' | 'bySdk' | 'succeeded') => [...counts.values()].reduce((total, count) => total + count[of], 0)
    const [sent, sdk, taken] = [sum('sent'), sum('bySdk'), sum('succeeded')]
    all += sent
    bySdk += sdk
    succeeded += taken
    return row([operation, ...cells, sent, sdk, sent - sdk, taken, sent - taken])
  })
  const head = ['operation', ...probeClasses, 'all', 'by the SDK', 'raw', 'succeeded', 'refused']
  return [
    row(head),
    row(head.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows,
    row([`${operations.size} operations`, ...totals, all, bySdk, all - bySdk, succeeded, all - succeeded]),
    row(['of these succeeded', ...good, succeeded, '', '', '', '']),
    '',
    row(['answer', 'count']),
    row(['---', '---:']),
    ...[...answers].sort(([, a], [, b]) => b - a).map((answer) => row(answer)),
    '',
    `${all} probes in ${(tookMs / 1_000).toFixed(1)} s; ${faults.length} not as they must be.`,
    ...faults.map((fault) => `- ${fault}`),
    '',
  ].join('\n')
}

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
