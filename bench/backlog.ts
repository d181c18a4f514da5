// A million messages queued for a provider that cannot be reached: what do they cost the others, and the memory? Prints accept rate and speed to a healthy
// provider with that backlog against the same without it (before, and once more after on an empty service), resident memory, the processor at rest, and
// from SIGKILL with that queue: time to /healthz, to the first delivery, and what comes when the provider is back.
// npm run bench:backlog -- [--kind refused|hole] [--messages 1000000] [--bytes 10240] [--door smtp|api] [--tenants 10] [--signatures 1] [--probe 5000]
//   [--repeat 3] [--connections 32] [--back 20] [--minutes 90]
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeAllDue } from '../tests/crash/books.ts'
import { freePort } from '../tests/harness/free-port.ts'
import { cpuOf, nowMicros, percentile } from './measure.ts'
import { type BulkheadPeer, startBulkhead } from './peers/bulkhead.ts'
import { atExit, endsWithin, type Far, generate, giveUp, needsDisk, numberOf, printTable, shown, startFar } from './rig.ts'
import { type Lane, openApi, openSmtp } from './submitter.ts'

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'refused' },
    messages: { type: 'string', default: '1000000' },
    bytes: { type: 'string', default: '10240' },
    door: { type: 'string', default: 'smtp' },
    tenants: { type: 'string', default: '10' },
    signatures: { type: 'string', default: '1' },
    probe: { type: 'string', default: '5000' },
    repeat: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    back: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '90' },
  },
})
const number = (name: Exclude<keyof typeof values, 'kind' | 'door'>, least = 0) => numberOf(name, values[name], least)
const [messages, bytes, tenants, signatures] = [number('messages', 1), number('bytes', 100), number('tenants', 1), number('signatures', 1)]
const [probe, repeats, connections, backSeconds] = [number('probe', 1), number('repeat', 1), number('connections', 1), number('back', 1)]
const { kind, door } = values
if (kind !== 'refused' && kind !== 'hole') giveUp('--kind is refused (nothing listens) or hole (SYNs are dropped, no greeting ever)')
if (door !== 'smtp' && door !== 'api') giveUp('--door is smtp or api')
const deadDomain = 'dead.example'
const queuedFrom = 1_000_000
const backFrom = 3_900_000
if (messages > backFrom - queuedFrom) giveUp(`at most ${backFrom - queuedFrom} messages`)
const restMs = 10_000
const firstMsMax = 120_000
const warmUp = 4 * probe

endsWithin(number('minutes', 1))
needsDisk(messages + 2 * (warmUp + probe * repeats), bytes)

/** A port that swallows: its program never accepts, so that the kernel drops what comes once the line of the waiting is full. */
async function digHole(port: number): Promise<() => Promise<void>> {
  const script = `require('net').createServer().listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () => { require('fs').writeSync(1, 'up'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0) })`
  const child: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const forget = atExit(() => child.kill('SIGKILL'))
  if (child.stdout) await once(child.stdout, 'data')
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  await sleep(500)
  return async () => {
    for (const filler of fillers) filler.destroy()
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    forget()
  }
}

/** MiB. */
function memory(peer: BulkheadPeer): { now: number; peak: number } {
  const status = readFileSync(`/proc/${peer.pids[0]}/status`, 'utf8')
  const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

interface Speed {
  readonly accepted: number
  readonly delivered: number
  readonly p99: number
  readonly lost: number
}

const portOf = (peer: BulkheadPeer) => (door === 'api' ? (peer.apiPort ?? 0) : peer.smtpPort)
const median = (numbers: readonly number[]) =>
  percentile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  )

/** Load for the healthy provider: a warm-up long enough for a new service to be as quick as an old one, then medians. */
async function healthy(peer: BulkheadPeer, far: Far, label: string): Promise<Speed> {
  const runs: Speed[] = []
  for (let round = -1; round < repeats; round++) {
    const count = round < 0 ? warmUp : probe
    await far.reset()
    const plan = { door: door as 'smtp' | 'api', port: portOf(peer), messages: count, connections, tenants, bytes, firstId: 0, credential: peer.credential }
    const { accepted, refused, firstReply, started, ended } = await generate(plan).result
    if (refused > 0) console.error(`${label}: ${refused} refused, first: ${firstReply}`)
    const unique = await far.settled(accepted)
    const { lastArrival, p99 } = await far.result()
    const run = { accepted: accepted / ((ended - started) / 1e6), delivered: unique / ((lastArrival - started) / 1e6), p99, lost: accepted - unique }
    if (round >= 0) runs.push(run)
  }
  const of = (name: keyof Speed) => median(runs.map((run) => run[name]))
  const speed = { accepted: of('accepted'), delivered: of('delivered'), p99: of('p99'), lost: Math.max(...runs.map(({ lost }) => lost)) }
  console.error(`${label}: accepted ${shown(speed.accepted)}/s, end to end ${shown(speed.delivered)}/s, ${shown(memory(peer).now)} MiB`)
  return speed
}

/** Queues them all; resolves with what was accepted and one line for each tenth. */
async function queue(peer: BulkheadPeer): Promise<{ accepted: number; tenths: { rate: number; mib: number }[] }> {
  const plan = { door: door as 'smtp' | 'api', port: portOf(peer), messages, connections, tenants, bytes, firstId: queuedFrom, domain: deadDomain }
  const load = generate({ ...plan, credential: peer.credential })
  const tenths: { rate: number; mib: number }[] = []
  let ended = false
  void load.result.finally(() => (ended = true))
  for (let [at, count] = [performance.now(), 0]; tenths.length < 10; await sleep(100)) {
    const [now, accepted] = [performance.now(), ended ? (await load.result).accepted : load.accepted()]
    if (!ended && accepted < (messages / 10) * (tenths.length + 1)) continue
    if (accepted === count) break
    tenths.push({ rate: (accepted - count) / ((now - at) / 1_000), mib: memory(peer).now })
    console.error(`${accepted} queued, ${shown(tenths.at(-1)?.rate)}/s, ${shown(tenths.at(-1)?.mib)} MiB`)
    ;[at, count] = [now, accepted]
  }
  const { accepted, refused, firstReply } = await load.result
  if (refused > 0) console.error(`while queueing: ${refused} refused, first: ${firstReply}`)
  return { accepted, tenths }
}

/** One message of that tenant for the healthy provider, from this process: no generator has to start first. Resolves when it has arrived. */
async function sendOne(peer: BulkheadPeer, far: Far, tenant: number): Promise<number> {
  const letter = { id: backFrom + tenant, count: 1, tenant, began: nowMicros() }
  let answer = 'nothing'
  let left: (typeof letter)[] = [letter]
  const lane: Lane = {
    take() {
      const [next] = left
      left = []
      return next ?? 'end'
    },
    settle: (_letter, taken, reply) => (answer = taken === 1 ? '' : reply),
  }
  const form = { bytes, domain: 'd0.example', messageClass: undefined, credential: peer.credential }
  await (door === 'api' ? openApi : openSmtp)({ port: portOf(peer), form, lane, onIdle() {} }).closed
  if (answer) throw new Error(`refused after the restart: ${answer}`)
  for (const deadline = performance.now() + firstMsMax; performance.now() < deadline; await sleep(5))
    if ((await far.count(letter.id, letter.id + 1)) === 1) return performance.now()
  console.error(`t${tenant}: nothing is delivered within ${firstMsMax / 1_000} s of the restart`)
  return Number.POSITIVE_INFINITY
}

const far = await startFar()
const deadPort = await freePort()
const environment = { BULKHEAD_ROUTES: `${deadDomain}=127.0.0.1:${deadPort},*=127.0.0.1:${far.port}`, BULKHEAD_LOG_LEVEL: 'error' }
const start = () => startBulkhead({ farPort: far.port, tenants: tenants + 1, signatures, environment })
let fillHole = kind === 'hole' ? await digHole(deadPort) : async () => {}
const peer = await start()
const before = await healthy(peer, far, 'without a backlog')
const memoryBefore = memory(peer)
const { accepted: queued, tenths } = await queue(peer)
if (queued === 0) giveUp('nothing was accepted')
const memoryQueued = memory(peer)
const beside = await healthy(peer, far, 'with the backlog')
const [cpu, idleFrom] = [cpuOf(peer.pids), performance.now()]
await sleep(restMs)
const cpuAtRest = ((cpuOf(peer.pids).user + cpuOf(peer.pids).system - cpu.user - cpu.system) / ((performance.now() - idleFrom) / 1_000)) * 100
const memoryAtRest = memory(peer)

await peer.kill()
const killedAt = performance.now()
const readyMs = await peer.launch()
/** Of a tenant that has no mail for the dead provider, and of one that has much. */
const [otherMs, sameMs] = await Promise.all([sendOne(peer, far, tenants), sendOne(peer, far, 0)])
const memoryRestarted = memory(peer)
await sleep(1_000) // Their outcomes are written: what is left in the queue is the backlog.

// The provider is back, and everything is due: what the first start after a long outage meets.
await peer.kill()
await fillHole()
fillHole = async () => {}
const waiting = makeAllDue(peer.dataDir)
const back = await startFar({ port: deadPort })
const backAt = performance.now()
const backReadyMs = await peer.launch()
while ((await back.count()) === 0) {
  if (performance.now() - backAt > 120_000) giveUp('the backlog does not move after the provider is back')
  await sleep(5)
}
const backFirstMs = performance.now() - backAt
const [backCount, countedAt] = [await back.count(), performance.now()]
for (const end = countedAt + backSeconds * 1_000; performance.now() < end && (await back.count()) < waiting; ) await sleep(50)
const backRate = ((await back.count()) - backCount) / ((performance.now() - countedAt) / 1_000)
const memoryBack = memory(peer)
const { doubled } = await back.result()
back.end()
await peer.kill()
await peer.stop()

const again = await start()
const after = await healthy(again, far, 'without a backlog, again')
await again.stop()
far.end()

const without = { accepted: (before.accepted + after.accepted) / 2, delivered: (before.delivered + after.delivered) / 2 }
console.log(
  `\n${queued} messages of ${bytes} bytes queued for an unreachable provider (${kind === 'hole' ? 'a black hole' : 'connection refused'}), ${door} in, ${tenants} tenants, ${signatures} signature${signatures > 1 ? 's' : ''}; speeds: median of ${repeats} runs of ${probe}; Node ${process.versions.node}`,
)
printTable(
  ['to a healthy provider', 'accepted/s', 'end to end/s', 'delivery p99 ms', 'lost'],
  [
    ...([['without a backlog', before] as const, ['with the backlog', beside] as const, ['without, again (new service)', after] as const].map(
      ([label, speed]) => [label, shown(speed.accepted), shown(speed.delivered), shown(speed.p99, 1), String(speed.lost)],
    ) satisfies string[][]),
    ['with / without (mean of both; goal 0.97)', shown(beside.accepted / without.accepted, 3), shown(beside.delivered / without.delivered, 3), '–', '–'],
  ],
)
printTable(
  ['while they are queued', ...tenths.map((_, index) => `${index + 1}/10`), 'last / first'],
  [
    ['accepted/s', ...tenths.map(({ rate }) => shown(rate)), shown((tenths.at(-1)?.rate ?? 0) / (tenths[0]?.rate ?? 0), 2)],
    ['resident MiB', ...tenths.map(({ mib }) => shown(mib)), shown((tenths.at(-1)?.mib ?? 0) / (tenths[0]?.mib ?? 0), 2)],
  ],
)
printTable(
  ['', 'resident MiB', 'peak MiB'],
  (
    [
      ['without a backlog', memoryBefore],
      ['all queued', memoryQueued],
      [`after ${restMs / 1_000} s of rest`, memoryAtRest],
      ['after a restart and the first delivery', memoryRestarted],
      [`provider back, after ${backSeconds} s of draining`, memoryBack],
    ] as const
  ).map(([label, { now, peak }]) => [label, shown(now), shown(peak)]),
)
printTable(
  ['with that queue', ''],
  [
    ['processor at rest, % of one core', shown(cpuAtRest, 1)],
    ['SIGKILL, start, /healthz, s (goal 3)', shown(readyMs / 1_000, 2)],
    ['… first delivery of new mail to the healthy provider, of a tenant without such a backlog, s', shown((otherMs - killedAt) / 1_000, 2)],
    ['… of a tenant with it, s', shown((sameMs - killedAt) / 1_000, 2)],
    ['in the queue after SIGKILL (nothing lost: as many as were accepted)', `${waiting} of ${queued}`],
    ['provider back and all due: start, /healthz, s', shown(backReadyMs / 1_000, 2)],
    ['… first delivery of the backlog, s', shown(backFirstMs / 1_000, 2)],
    [`… delivered/s in the ${backSeconds} s after it (of ${shown(without.delivered)} end to end without a backlog)`, shown(backRate)],
    ['… doubled', String(doubled)],
  ],
)
process.exit(0)
