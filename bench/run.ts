// `npm run bench`: Bulkhead, and Postfix + OpenDKIM beside it in the same run, under the same load to the same far server; prints a Markdown table with ratios.
// npm run bench -- [--messages 5000] [--repeat 3] [--connections 32] [--tenants 10] [--bytes 10240] [--only bulkhead|postfix] [--door smtp,api] [--signatures 1,2]
import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { LoadPlan, LoadResult } from './load-generator.ts'
import { cpuByThread, cpuOf, machine, memoryOf } from './measure.ts'
import { type Peer, startBulkhead } from './peers/bulkhead.ts'
import { postfixMissing, startPostfix } from './peers/postfix.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '5000' },
    repeat: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    tenants: { type: 'string', default: '10' },
    bytes: { type: 'string', default: '10240' },
    only: { type: 'string', default: '' },
    door: { type: 'string', default: 'smtp,api' },
    signatures: { type: 'string', default: '1,2' },
  },
})
const messages = Number(values.messages)
const tenants = Number(values.tenants)
const stallMs = 30_000

interface Row {
  label: string
  door: string
  acceptPerSecond: number
  endToEndPerSecond: number
  cpuUser: number
  cpuSystem: number
  acceptP99: number
  p50: number
  p99: number
  memory: number
  signatures: number
  lost: number
  doubled: number
  leaked: number
  idlePercent: number
  foreignPercent: number
  /** CPU seconds per 1,000 messages by thread; of our own service only. */
  threads: Map<string, number>
}

async function startFar(): Promise<{ process: ChildProcess; port: number; ask<T>(question: string): Promise<T> }> {
  const child = fork(join(import.meta.dirname, 'far-counter.ts'))
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    process: child,
    port,
    async ask<T>(question: string) {
      const answer = once(child, 'message')
      child.send(question)
      return (await answer)[0] as T
    },
  }
}

function generate(plan: LoadPlan): { pid: number; result: Promise<LoadResult> } {
  let pid = 0
  const result = new Promise<LoadResult>((done, fail) => {
    const child = execFile(process.execPath, [join(import.meta.dirname, 'load-generator.ts'), JSON.stringify(plan)], { maxBuffer: 2 ** 24 }, (fault, stdout) =>
      fault ? fail(fault) : done(JSON.parse(stdout)),
    )
    pid = child.pid ?? 0
  })
  return { pid, result }
}

type Far = Awaited<ReturnType<typeof startFar>>

/** Waits until nothing more arrives. */
async function drained(far: Far, expected: number): Promise<number> {
  let last = -1
  for (let still = 0; still < stallMs; still += 50) {
    const { unique } = await far.ask<{ unique: number }>('count')
    if (unique >= expected) return unique
    if (unique !== last) still = 0
    last = unique
    await sleep(50)
  }
  return last
}

async function oneRun(peer: Peer, far: Far, door: 'smtp' | 'api', count: number): Promise<Row> {
  await far.ask('reset')
  const plan: LoadPlan = {
    door,
    port: door === 'api' ? (peer.apiPort ?? 0) : peer.smtpPort,
    messages: count,
    connections: Number(values.connections),
    tenants,
    bytes: Number(values.bytes),
    firstId: 0,
    credential: peer.credential,
  }
  const before = { server: cpuOf(peer.pids), far: cpuOf([far.process.pid ?? 0]), own: process.cpuUsage(), machine: machine(), threads: cpuByThread(peer.pids) }
  let memory = 0
  const sampler = setInterval(() => (memory = Math.max(memory, memoryOf(peer.pids))), 400)
  const run = generate(plan)
  const result = await run.result
  await drained(far, result.accepted)
  clearInterval(sampler)
  const after = {
    server: cpuOf(peer.pids),
    far: cpuOf([far.process.pid ?? 0]),
    own: process.cpuUsage(before.own),
    machine: machine(),
    threads: cpuByThread(peer.pids),
  }
  const arrived = await far.ask<{ unique: number; doubled: number; signatures: number; leaked: number; lastArrival: number; p50: number; p99: number }>(
    'result',
  )
  if (result.refused > 0) console.error(`${peer.label}: ${result.refused} refused, first: ${result.firstReply}`)
  const user = after.server.user - before.server.user
  const system = after.server.system - before.server.system
  const busy = after.machine.busy - before.machine.busy
  const idle = after.machine.idle - before.machine.idle
  const known = user + system + (after.far.user + after.far.system - before.far.user - before.far.system) + (after.own.user + after.own.system) / 1e6
  return {
    label: peer.label,
    door,
    acceptPerSecond: result.accepted / ((result.ended - result.started) / 1e6),
    endToEndPerSecond: arrived.unique / ((arrived.lastArrival - result.started) / 1e6),
    cpuUser: (user / count) * 1000,
    cpuSystem: (system / count) * 1000,
    acceptP99: result.acceptP99,
    p50: arrived.p50,
    p99: arrived.p99,
    memory,
    signatures: arrived.signatures / Math.max(1, arrived.unique + arrived.doubled),
    lost: result.accepted - arrived.unique,
    doubled: arrived.doubled,
    leaked: arrived.leaked,
    idlePercent: (idle / (busy + idle)) * 100,
    // The generator has ended and cannot be read any more: its time counts here too.
    foreignPercent: ((busy - known) / (busy + idle)) * 100,
    threads: new Map([...after.threads].map(([name, seconds]) => [name, ((seconds - (before.threads.get(name) ?? 0)) / count) * 1000])),
  }
}

async function measure(peer: Peer, far: Far, door: 'smtp' | 'api'): Promise<Row> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(peer.smtpPort, '127.0.0.1', () => socket.end(() => done(true)))
      socket.on('error', () => done(false))
    })
    if (open) break
    await sleep(100)
  }
  await oneRun(peer, far, door, Math.min(500, messages)) // warm-up, not counted
  const rows: Row[] = []
  for (let repeat = 0; repeat < Number(values.repeat); repeat++) rows.push(await oneRun(peer, far, door, messages))
  rows.sort((a, b) => a.endToEndPerSecond - b.endToEndPerSecond)
  const median = rows[Math.floor(rows.length / 2)] as Row
  return { ...median, lost: Math.max(...rows.map(({ lost }) => lost)), doubled: Math.max(...rows.map(({ doubled }) => doubled)) }
}

const far = await startFar()
const rows: Row[] = []
const missing = postfixMissing()
if (missing) console.error(`Postfix + OpenDKIM is left out: ${missing}`)
if (!missing && values.only !== 'bulkhead') {
  const peer = await startPostfix({ farPort: far.port, tenants, port: 3587 })
  try {
    rows.push(await measure(peer, far, 'smtp'))
  } finally {
    await peer.stop()
  }
}
if (values.only !== 'postfix') {
  for (const signatures of values.signatures.split(',').map(Number)) {
    const peer = await startBulkhead({ farPort: far.port, tenants, signatures, ports: { http: 3025, smtp: 3588, smtps: 3465 } })
    try {
      for (const door of values.door.split(',') as ('smtp' | 'api')[]) rows.push(await measure(peer, far, door))
    } finally {
      await peer.stop()
    }
  }
}
far.process.send('quit')

const base = rows.find(({ label }) => label.startsWith('Postfix'))
const n = (value: number, digits = 0) => value.toFixed(digits)
console.log(
  `\n${messages} messages of ${values.bytes} bytes, ${values.connections} connections, ${tenants} tenants, median of ${values.repeat}; Node ${process.versions.node}\n`,
)
console.log(
  '| server | in | accepted/s | end to end/s | CPU-s per 1,000 (user + sys) | accept p99 ms | delivery p50 / p99 ms | peak MiB | signatures | lost / doubled / leaked | idle % | foreign + generator % | speed ratio | CPU ratio |',
)
console.log(`|${'---|'.repeat(14)}`)
for (const row of rows) {
  const cpu = row.cpuUser + row.cpuSystem
  console.log(
    `| ${row.label} | ${row.door} | ${n(row.acceptPerSecond)} | ${n(row.endToEndPerSecond)} | ${n(cpu, 2)} (${n(row.cpuUser, 2)} + ${n(row.cpuSystem, 2)}) | ${n(row.acceptP99, 1)} | ${n(row.p50, 1)} / ${n(row.p99, 1)} | ${n(row.memory)} | ` +
      `${n(row.signatures, 1)} | ${row.lost} / ${row.doubled} / ${row.leaked} | ${n(row.idlePercent)} | ${n(row.foreignPercent)} | ${base ? n(row.endToEndPerSecond / base.endToEndPerSecond, 2) : '–'} | ${base ? n(cpu / (base.cpuUser + base.cpuSystem), 2) : '–'} |`,
  )
}

const parts = [
  ['MainThread', 'doors, intake, delivery'],
  ['store', 'store thread (disk)'],
  ['libuv-worker', 'signatures, spool reads'],
  ['V8Worker', 'garbage collection, compiler'],
] as const
const own = rows.filter(({ label }) => label.startsWith('Bulkhead'))
if (own.length > 0) {
  console.log('\nWhere the CPU goes, seconds per 1,000 messages:\n')
  console.log(`| server | in | ${parts.map(([, part]) => part).join(' | ')} |`)
  console.log(`|${'---|'.repeat(parts.length + 2)}`)
  for (const row of own) console.log(`| ${row.label} | ${row.door} | ${parts.map(([name]) => n(row.threads.get(name) ?? 0, 3)).join(' | ')} |`)
}
