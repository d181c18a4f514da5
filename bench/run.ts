// `npm run bench`: Bulkhead, and Postfix + OpenDKIM, Haraka + DKIM and the bare spike beside it in the same run, under the same load to the same far
// server; prints a Markdown table with ratios.
// npm run bench -- [--messages 5000] [--repeat 3] [--tenants 10] [--bytes 10240,1024,102400] [--door smtp,api] [--signatures 1,2]
//   [--only bulkhead,postfix,haraka,spike] [--haraka] [--connections 64 | --connections postfix=16,haraka=128] [--minutes 60]
import { parseArgs } from 'node:util'
import { cpuByThread, cpuOf, machine, memoryOf } from './measure.ts'
import { type Peer, startBulkhead } from './peers/bulkhead.ts'
import { harakaMissing, installHaraka, startHaraka } from './peers/haraka.ts'
import { postfixMissing, startPostfix } from './peers/postfix.ts'
import { startSpike } from './peers/spike.ts'
import { atExit, endsWithin, generate, giveUp, needsDisk, numberOf, greets, printTable, shown, startFar } from './rig.ts'

const kinds = ['postfix', 'haraka', 'spike', 'bulkhead'] as const
type Kind = (typeof kinds)[number]
type Door = 'smtp' | 'api'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    repeat: { type: 'string', default: '3' },
    connections: { type: 'string', default: '' },
    tenants: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '10240' },
    only: { type: 'string', default: '' },
    door: { type: 'string', default: 'smtp,api' },
    signatures: { type: 'string', default: '1,2' },
    haraka: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '60' },
  },
})
const messages = numberOf('messages', values.messages, 1)
const tenants = numberOf('tenants', values.tenants, 1)
const repeats = numberOf('repeat', values.repeat, 1)
const sizes = values.bytes.split(',').map((text) => numberOf('bytes', text, 100))
const signatureCounts = values.signatures.split(',').map((text) => numberOf('signatures', text, 1))
const doors = values.door.split(',') as Door[]
const only = values.only ? values.only.split(',') : [...kinds]
const unknown = [...only.filter((name) => !kinds.includes(name as Kind)), ...doors.filter((door) => door !== 'smtp' && door !== 'api')]
if (unknown.length > 0) giveUp(`unknown: ${unknown.join(', ')} (--only ${kinds.join(',')}; --door smtp,api)`)

/** As many as fill two cores; more only lengthens the queues, fewer would leave a peer idle and flatter us. */
const connections: Record<Kind, number> = { postfix: 16, haraka: 128, spike: 32, bulkhead: 32 }
for (const part of values.connections.split(',').filter(Boolean)) {
  const [name = '', text] = part.split('=')
  for (const kind of kinds) if (text === undefined || kind === name) connections[kind] = numberOf('connections', text ?? name, 1)
}

interface Row {
  kind: Kind
  label: string
  door: Door
  bytes: number
  /** Those asked for; what arrived is `signaturesSeen`. */
  signatures: number
  connections: number
  acceptPerSecond: number
  endToEndPerSecond: number
  cpuUser: number
  cpuSystem: number
  acceptP99: number
  p50: number
  p99: number
  memory: number
  signaturesSeen: number
  lost: number
  doubled: number
  leaked: number
  idlePercent: number
  foreignPercent: number
  /** CPU seconds per 1,000 messages by thread; of our own service only. */
  threads: Map<string, number>
}

const rows: Row[] = []

async function oneRun(peer: Peer, { kind, door, bytes, signatures }: Pick<Row, 'kind' | 'door' | 'bytes' | 'signatures'>, count: number): Promise<Row> {
  await far.reset()
  const read = () => ({ server: cpuOf(peer.pids), far: cpuOf([far.pid]), machine: machine(), threads: cpuByThread(peer.pids) })
  const [before, own] = [read(), process.cpuUsage()]
  let memory = 0
  const sampler = setInterval(() => (memory = Math.max(memory, memoryOf(peer.pids))), 400)
  const port = door === 'api' ? (peer.apiPort ?? 0) : peer.smtpPort
  const result = await generate({ door, port, messages: count, connections: connections[kind], tenants, bytes, firstId: 0, credential: peer.credential }).result
  await far.settled(result.accepted)
  clearInterval(sampler)
  const after = read()
  const rig = process.cpuUsage(own)
  const arrived = await far.result()
  if (result.accepted === 0) throw new Error(`${peer.label} accepts nothing: ${result.firstReply}`)
  if (result.refused > 0) console.error(`${peer.label}: ${result.refused} refused, first: ${result.firstReply}`)
  const user = after.server.user - before.server.user
  const system = after.server.system - before.server.system
  const busy = after.machine.busy - before.machine.busy
  const idle = after.machine.idle - before.machine.idle
  const farSeconds = after.far.user + after.far.system - before.far.user - before.far.system
  const known = user + system + farSeconds + result.cpuSeconds + (rig.user + rig.system) / 1e6
  return {
    kind,
    label: peer.label,
    door,
    bytes,
    signatures,
    connections: connections[kind],
    acceptPerSecond: result.accepted / ((result.ended - result.started) / 1e6),
    endToEndPerSecond: arrived.unique / ((arrived.lastArrival - result.started) / 1e6),
    cpuUser: (user / count) * 1000,
    cpuSystem: (system / count) * 1000,
    acceptP99: result.acceptP99,
    p50: arrived.p50,
    p99: arrived.p99,
    memory,
    signaturesSeen: arrived.signatures / Math.max(1, arrived.unique + arrived.doubled),
    lost: result.accepted - arrived.unique,
    doubled: arrived.doubled,
    leaked: arrived.leaked,
    idlePercent: (idle / (busy + idle)) * 100,
    foreignPercent: ((busy - known) / (busy + idle)) * 100,
    threads: new Map([...after.threads].map(([name, seconds]) => [name, ((seconds - (before.threads.get(name) ?? 0)) / count) * 1000])),
  }
}

/** All sizes and doors of a server that runs: a warm-up that does not count, then the median. */
async function measure(kind: Kind, start: Promise<Peer>, signatures: number): Promise<void> {
  const peer = await start
  try {
    await greets(peer.smtpPort)
    for (const door of doors.filter((one) => one === 'smtp' || peer.apiPort !== undefined)) {
      for (const bytes of sizes) {
        const what = { kind, door, bytes, signatures }
        await oneRun(peer, what, Math.min(500, messages))
        const runs: Row[] = []
        for (let repeat = 0; repeat < repeats; repeat++) runs.push(await oneRun(peer, what, messages))
        runs.sort((a, b) => a.endToEndPerSecond - b.endToEndPerSecond)
        const median = runs[Math.floor(runs.length / 2)] as Row
        const most = (name: 'lost' | 'doubled' | 'leaked') => Math.max(...runs.map((run) => run[name]))
        rows.push({ ...median, lost: most('lost'), doubled: most('doubled'), leaked: most('leaked') })
        console.error(`${peer.label}, ${door}, ${bytes} bytes: ${shown(median.endToEndPerSecond)}/s`)
      }
    }
  } finally {
    await peer.stop()
  }
}

const cpu = (row: Row) => row.cpuUser + row.cpuSystem
/** Speed and CPU of a row against another. */
const against = (row: Row, base: Row | undefined) =>
  base ? `${shown(row.endToEndPerSecond / base.endToEndPerSecond, 2)} / ${shown(cpu(row) / cpu(base), 2)}` : '–'
const peerOf = (row: Row, kind: Kind) => rows.find((one) => one.kind === kind && one.bytes === row.bytes)
const spikeOf = (row: Row) => rows.find((one) => one.kind === 'spike' && one.bytes === row.bytes && one.door === row.door && one.signatures === row.signatures)

/** Also when the time is over before the end: with what there is. */
function report(): void {
  if (rows.length === 0) return
  console.log(`\n${messages} messages, ${tenants} tenants, median of ${repeats}; Node ${process.versions.node}. Ratios: speed / CPU.`)
  printTable(
    [
      ...[
        'server',
        'in',
        'KiB',
        'connections',
        'accepted/s',
        'end to end/s',
        'CPU-s per 1,000 (user + sys)',
        'accept p99 ms',
        'delivery p50 / p99 ms',
        'peak MiB',
      ],
      ...['signatures', 'lost / doubled / leaked', 'idle %', 'foreign %', 'vs Postfix + OpenDKIM', 'vs Haraka + DKIM', 'share of the spike'],
    ],
    rows.map((row) => [
      row.label,
      row.door,
      shown(row.bytes / 1024, row.bytes % 1024 ? 1 : 0),
      String(row.connections),
      shown(row.acceptPerSecond),
      shown(row.endToEndPerSecond),
      `${shown(cpu(row), 2)} (${shown(row.cpuUser, 2)} + ${shown(row.cpuSystem, 2)})`,
      shown(row.acceptP99, 1),
      `${shown(row.p50, 1)} / ${shown(row.p99, 1)}`,
      shown(row.memory),
      shown(row.signaturesSeen, 1),
      `${row.lost} / ${row.doubled} / ${row.leaked}`,
      shown(row.idlePercent),
      shown(row.foreignPercent),
      against(row, peerOf(row, 'postfix')),
      against(row, peerOf(row, 'haraka')),
      against(row, spikeOf(row)),
    ]),
  )

  const parts = [
    ['MainThread', 'doors, intake, delivery'],
    ['store', 'store thread (disk)'],
    ['libuv-worker', 'signatures, spool reads'],
    ['V8Worker', 'garbage collection, compiler'],
  ] as const
  const own = rows.filter(({ kind }) => kind === 'bulkhead')
  if (own.length > 0) {
    console.log('\nWhere the CPU goes, seconds per 1,000 messages:')
    printTable(
      ['server', 'in', 'bytes', ...parts.map(([, part]) => part)],
      own.map((row) => [row.label, row.door, String(row.bytes), ...parts.map(([name]) => shown(row.threads.get(name) ?? 0, 3))]),
    )
  }
}

endsWithin(numberOf('minutes', values.minutes, 1))
needsDisk(messages * repeats * doors.length * sizes.length, sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length)
if (values.haraka) await installHaraka()
const missing: Partial<Record<Kind, string | undefined>> = { postfix: postfixMissing(), haraka: harakaMissing() }
const isWanted = (kind: Kind) => {
  if (only.includes(kind) && missing[kind]) console.error(`${kind} is left out: ${missing[kind]}`)
  return only.includes(kind) && !missing[kind]
}
atExit(report)
const far = await startFar()
// SMTP only, one signature: such is their part of the table.
if (isWanted('postfix') && doors.includes('smtp')) await measure('postfix', startPostfix({ farPort: far.port, tenants }), 1)
if (isWanted('haraka') && doors.includes('smtp')) await measure('haraka', startHaraka({ farPort: far.port, tenants }), 1)
for (const signatures of signatureCounts) {
  if (isWanted('spike')) await measure('spike', startSpike({ farPort: far.port, signatures }), signatures)
  if (isWanted('bulkhead')) await measure('bulkhead', startBulkhead({ farPort: far.port, tenants, signatures }), signatures)
}
far.end()
if (rows.length === 0) giveUp('nothing was measured')
process.exit(0)
