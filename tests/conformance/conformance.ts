// `npm run conformance`: sends every probe to every offered operation and prints what came of it as a Markdown table. Arguments name
// operations to look at alone. The exit code is 1 when anything is not as it must be.
import { renderReport } from './render-report.ts'
import { runConformance } from './run-conformance.ts'

// Opened before the world looks at what is open: it checks that nothing of its own remains.
const { stdout } = process
void process.stderr
const endings: (() => unknown)[] = []
const only = process.argv.slice(2)
const startedAt = performance.now()
const report = await runConformance({ after: (end) => endings.push(end as () => unknown) }, only.length > 0 ? { only } : {})
for (const end of endings) await end()
stdout.write(renderReport(report, performance.now() - startedAt))
process.exitCode = report.faults.length > 0 ? 1 : 0
