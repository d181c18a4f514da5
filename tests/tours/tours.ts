// `npm run tours`: every client makes its tour through a service of its own, and what it did is printed as a table. The exit code is 1 when
// anything failed, or a tool is not there.
import { tourNodemailer } from './nodemailer-tour.ts'
import { missingTool, tourPython } from './python-tours.ts'
import { tourSdkV1, tourSdkV2 } from './sdk-tours.ts'
import type { Tour } from './tally.ts'

const { stdout, stderr } = process
const endings: (() => unknown)[] = []
const t = { after: (end: unknown) => void endings.push(end as () => unknown) }
const tours: Tour[] = []
let missing = 0
try {
  tours.push(await tourSdkV2(t as never), await tourSdkV1(t as never), await tourNodemailer(t as never))
  for (const tool of ['boto3', 'awscli'] as const) {
    const reason = await missingTool(tool)
    if (reason) missing += 1
    if (reason) stderr.write(`${tool}: ${reason}\n`)
    else tours.push(await tourPython(t as never, tool))
  }
} finally {
  for (const end of endings.reverse()) await end()
}
const sum = (tour: Tour, what: 'calls' | 'ok' | 'refused') => Object.values(tour.visits).reduce((total, visit) => total + visit[what], 0)
const rows = tours.map((tour) => [
  tour.client,
  String(Object.keys(tour.visits).length),
  String(sum(tour, 'calls')),
  String(sum(tour, 'ok')),
  String(sum(tour, 'refused')),
  String(tour.failures.length),
])
stdout.write(
  `| client | operations called | calls | ok | refused as expected | failed |\n|---|---|---|---|---|---|\n${rows.map((row) => `| ${row.join(' | ')} |\n`).join('')}`,
)
for (const { client, failures, unknown } of tours) {
  if (unknown.length > 0) stdout.write(`\n${client}: ${unknown.length} steps are newer than the installed version.\n`)
  for (const failure of failures) stdout.write(`${client} FAILED ${failure}\n`)
}
process.exitCode = missing > 0 || tours.some(({ failures }) => failures.length > 0) ? 1 : 0
