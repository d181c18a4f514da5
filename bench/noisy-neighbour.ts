// What a flood of one tenant does to the quiet ones. Tenant 0 queues --messages as fast as it can; --quiet others send --rate messages a second each, open
// loop, to the same provider: latency counts from when a message was due to its arrival. Once with a slow far server (delivery slots are scarce), once with
// a fast one (the processor is). Calm first, then while the flood is being accepted, then with its whole backlog queued; beside each the flood's own
// speed against its speed alone just before, in the same state. --class: bulk against transactional mail inside one tenant.
// npm run bench:neighbour -- [--peer bulkhead,postfix,haraka,spike] [--far slow,fast] [--door smtp|api] [--class] [--bulk-calls] [--messages 1000000]
//   [--quiet 50] [--rate 1] [--seconds 30] [--head 5] [--bytes 10240] [--signatures 1] [--connections 32] [--slots 20] [--latency 100]
//   [--refuse-beyond 0] [--accept-minutes 10] [--haraka] [--minutes 120]
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Peer, startBulkhead } from './peers/bulkhead.ts'
import { harakaMissing, installHaraka, startHaraka } from './peers/haraka.ts'
import { postfixMissing, startPostfix } from './peers/postfix.ts'
import { spikeMessagesMax, startSpike } from './peers/spike.ts'
import { atExit, endsWithin, type Far, generate, giveUp, greets, type Load, needsDisk, numberOf, printTable, shown, startFar } from './rig.ts'

const { values } = parseArgs({
  options: {
    peer: { type: 'string', default: 'bulkhead,postfix' },
    far: { type: 'string', default: 'slow,fast' },
    door: { type: 'string', default: 'smtp' },
    class: { type: 'boolean', default: false },
    'bulk-calls': { type: 'boolean', default: false },
    messages: { type: 'string', default: '1000000' },
    quiet: { type: 'string', default: '50' },
    rate: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '30' },
    head: { type: 'string', default: '5' },
    bytes: { type: 'string', default: '10240' },
    signatures: { type: 'string', default: '1' },
    connections: { type: 'string', default: '' },
    slots: { type: 'string', default: '20' },
    latency: { type: 'string', default: '100' },
    'refuse-beyond': { type: 'string', default: '0' },
    'accept-minutes': { type: 'string', default: '10' },
    haraka: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '120' },
  },
})
const number = (name: Exclude<keyof typeof values, 'class' | 'bulk-calls' | 'haraka'>, least = 0) => numberOf(name, values[name], least)
const [messages, quiet, rate, seconds, head] = [number('messages', 1), number('quiet', 1), number('rate', 0.01), number('seconds', 1), number('head')]
const [bytes, signatures, slots, latencyMs] = [number('bytes', 100), number('signatures', 1), number('slots', 1), number('latency')]
const acceptMs = number('accept-minutes') * 60_000
const [refuseBeyond, minutes] = [number('refuse-beyond'), number('minutes', 1)]
const { door } = values
if (door !== 'smtp' && door !== 'api') giveUp('--door is smtp or api')
const withBulkCalls = values['bulk-calls']
if (withBulkCalls && door !== 'api') giveUp('--bulk-calls (SendBulkEmail) needs --door api')

const graceMs = 20_000
const floodFrom = 1_000_000
const warmUpFrom = 3_900_000
/** Enough for a new process to be as quick in its calm as later: a slow calm would flatter the rest. */
const warmUp = 2_000
if (messages > warmUpFrom - floodFrom) giveUp(`at most ${warmUpFrom - floodFrom} messages`)
const quietCount = Math.ceil(quiet * rate * seconds)
/** The instruments run before whatever they measure, as far as the system allows it; equal for every server. */
const priority = -10

interface PeerKind {
  readonly connections: number
  missing(): string | undefined
  start(farPort: number, isSlow: boolean): Promise<Peer>
}
const tenants = values.class ? 1 : quiet + 1
const peers: Record<string, PeerKind> = {
  bulkhead: { connections: 32, missing: () => undefined, start: (farPort) => startBulkhead({ farPort, tenants, signatures }) },
  postfix: {
    connections: 16,
    missing: () => (door === 'api' ? 'it has no API (--door smtp)' : postfixMissing()),
    start: (farPort) => startPostfix({ farPort, tenants, slots }),
  },
  haraka: {
    connections: 128,
    missing: () => (door === 'api' ? 'it has no API (--door smtp)' : harakaMissing()),
    // Each of its deliveries is a connection of its own: when the far server is fast it needs more.
    start: (farPort, isSlow) => startHaraka({ farPort, tenants, ...(isSlow ? { slots } : {}) }),
  },
  spike: {
    connections: 32,
    missing: () =>
      messages > spikeMessagesMax
        ? `it holds its queue in memory: --messages ${spikeMessagesMax} at most`
        : withBulkCalls
          ? 'it has no SendBulkEmail'
          : undefined,
    start: (farPort, isSlow) => startSpike({ farPort, signatures, ...(isSlow ? { slots } : {}) }),
  },
}

interface Speed {
  readonly delivered: number
  readonly accepted: number
}
interface Row {
  readonly phase: string
  readonly backlog: number
  readonly latency: Awaited<ReturnType<Far['range']>>
  readonly failed: number
  readonly undelivered: number
  readonly firstReply: string
  readonly quietPerSecond: number
  readonly alone?: Speed
  readonly beside?: Speed
}

/** One server with one far server. */
class Trial {
  readonly #peer: Peer
  readonly #far: Far
  readonly #connections: number
  #flood: Load | undefined
  #quietFrom = 0

  constructor(peer: Peer, far: Far, connections: number) {
    this.#peer = peer
    this.#far = far
    this.#connections = connections
  }

  get #common() {
    const port = door === 'api' ? (this.#peer.apiPort ?? 0) : this.#peer.smtpPort
    return { door: door as 'smtp' | 'api', port, bytes, credential: this.#peer.credential }
  }

  async warmUp(): Promise<void> {
    const { accepted, firstReply } = await generate({ ...this.#common, messages: warmUp, connections: 8, tenants, firstId: warmUpFrom }).result
    if (accepted < warmUp) giveUp(`${this.#peer.label} refuses: ${firstReply}`)
    await this.#far.settled(accepted, { from: warmUpFrom })
  }

  startFlood(): void {
    const kind = { ...(values.class ? { messageClass: 'bulk' as const } : {}), ...(withBulkCalls ? { entries: 50 } : {}) }
    this.#flood = generate({ ...this.#common, ...kind, messages, connections: this.#connections, tenants: 1, firstId: floodFrom })
  }

  async #flooded(): Promise<Speed> {
    return { delivered: await this.#far.count(floodFrom, warmUpFrom), accepted: this.#flood?.accepted() ?? 0 }
  }

  async backlog(): Promise<number> {
    const { accepted, delivered } = await this.#flooded()
    return accepted - delivered
  }

  /** Runs `work`, and measures what the flood does meanwhile, at most for `seconds`. */
  async #speedDuring<T>(work: Promise<T>): Promise<[T, Speed]> {
    const [began, before] = [performance.now(), await this.#flooded()]
    await Promise.race([work, sleep(seconds * 1_000)])
    const [after, took] = [await this.#flooded(), (performance.now() - began) / 1_000]
    return [await work, { delivered: (after.delivered - before.delivered) / took, accepted: (after.accepted - before.accepted) / took }]
  }

  async alone(): Promise<Speed> {
    return (await this.#speedDuring(sleep(seconds * 1_000)))[1]
  }

  /** The quiet ones send for `seconds`. */
  async quietPhase(phase: string, alone?: Speed): Promise<Row> {
    const backlog = await this.backlog()
    const from = this.#quietFrom
    this.#quietFrom += quietCount
    const kind = values.class ? { messageClass: 'transactional' as const, tenants: 1 } : { tenants: quiet, firstTenant: 1 }
    const open = { perSecond: quiet * rate, connectionsMax: 48, graceMs }
    const load = generate({ ...this.#common, ...kind, messages: quietCount, connections: Math.min(16, quiet), firstId: from, open, priority })
    const [{ refused, unanswered, firstReply, accepted }, beside] = await this.#speedDuring(load.result)
    // What has not arrived by now counts as infinitely late.
    for (const deadline = performance.now() + graceMs; performance.now() < deadline && (await this.#far.count(from, from + quietCount)) < accepted; )
      await sleep(50)
    const latency = await this.#far.range({ from, count: quietCount, tenants: quiet })
    const undelivered = Math.max(0, accepted - latency.arrived)
    const row = { phase, backlog, latency, failed: refused + unanswered, undelivered, firstReply, quietPerSecond: latency.arrived / seconds }
    console.error(`${this.#peer.label}, ${phase}: p50 ${shown(latency.p50, 1)}, p99 ${shown(latency.p99, 1)} ms, backlog ${backlog}`)
    return alone ? { ...row, alone, beside } : row
  }

  /** Until all of the flood is accepted, or the time for that is over. */
  async queueAll(): Promise<void> {
    for (const deadline = performance.now() + acceptMs; performance.now() < deadline; await sleep(1_000)) {
      if (await Promise.race([this.#flood?.result.then(() => true), sleep(10, false)])) return
    }
    console.error(`${this.#peer.label}: not all was accepted within ${values['accept-minutes']} minutes; going on with what there is`)
    this.#flood?.stop()
    await this.#flood?.result
  }

  /** Refusals of the flood, and doubles of all. */
  async end(): Promise<{ refused: number; doubled: number; accepted: number; firstReply: string }> {
    this.#flood?.stop()
    const { refused = 0, accepted = 0, firstReply = '' } = (await this.#flood?.result) ?? {}
    return { refused, accepted, firstReply, doubled: (await this.#far.result()).doubled }
  }
}

async function runTrial(kind: PeerKind, isSlow: boolean): Promise<void> {
  const far = await startFar({ latencyMs: isSlow ? latencyMs : 0, connectionsMax: refuseBeyond, priority })
  const peer = await kind.start(far.port, isSlow)
  const rows: Row[] = []
  try {
    await greets(peer.smtpPort)
    const trial = new Trial(peer, far, values.connections ? number('connections', 1) : kind.connections)
    await trial.warmUp()
    rows.push(await trial.quietPhase('calm'))
    trial.startFlood()
    await sleep(head * 1_000)
    const alone = await trial.alone()
    rows.push(await trial.quietPhase('while the flood is accepted', alone))
    await trial.queueAll()
    if ((await trial.backlog()) > alone.delivered * seconds * 2.5) rows.push(await trial.quietPhase('backlog queued', await trial.alone()))
    else console.error(`${peer.label}: the flood drains too fast for a phase with all of it queued`)
    const { refused, accepted, doubled, firstReply } = await trial.end()
    console.error(`${peer.label}: flood of ${accepted} accepted, ${refused} refused ${firstReply}; ${doubled} doubled`)
    for (const row of rows) table.push(columns(peer, isSlow, row, rows[0] ?? row, doubled))
  } finally {
    await peer.stop()
    far.end()
  }
}

function columns(peer: Peer, isSlow: boolean, row: Row, calm: Row, doubled: number): string[] {
  const { latency, alone, beside } = row
  const ofAlone = (delivered: number | undefined) => (alone && delivered !== undefined ? shown(delivered / alone.delivered, 2) : '–')
  if (row.failed > 0) console.error(`${peer.label}, ${row.phase}: ${row.failed} failed, first: ${row.firstReply}`)
  return [
    peer.label,
    isSlow ? `slow, ${latencyMs} ms` : 'fast',
    row.phase,
    String(row.backlog),
    ...[latency.p50, latency.p99, latency.max, latency.worst].map((value) => shown(value, 1)),
    String(row.failed),
    String(row.undelivered),
    shown(latency.p99 / calm.latency.p99, 2),
    shown(latency.p99 - calm.latency.p99, 1),
    shown(alone?.delivered),
    shown(beside?.delivered),
    ofAlone(beside?.delivered),
    ofAlone(beside && beside.delivered + row.quietPerSecond),
    alone ? `${shown(alone.accepted)} / ${shown(beside?.accepted)}` : '–',
    String(doubled),
  ]
}

/** Also when the time is over before the end: with what there is. */
function report(): void {
  if (table.length === 0) return
  const who = values.class ? 'one tenant, bulk against transactional mail' : `${quiet} quiet tenants`
  console.log(
    `\n${who}, ${rate} message${rate === 1 ? '' : 's'} a second each for ${seconds} s, ${door} in${withBulkCalls ? ' (flood by SendBulkEmail)' : ''}; flood of ${messages} messages of ${bytes} bytes; Node ${process.versions.node}`,
  )
  printTable(
    [
      ...[
        'server',
        'far server',
        'phase',
        'backlog',
        'p50 ms',
        'p99 ms',
        'max ms',
        "worst tenant's p99 ms",
        'failed',
        'undelivered',
        'p99 / calm',
        'p99 − calm ms',
      ],
      ...['flood/s alone', 'flood/s beside', 'flood beside / alone', 'flood + quiet / alone', 'flood accepted/s alone / beside', 'doubled'],
    ],
    table,
  )
}

const table: string[][] = []
atExit(report)
endsWithin(minutes)
needsDisk(messages, bytes)
const wanted = values.peer.split(',')
const [unknown, unknownFar] = [wanted.filter((name) => !(name in peers)), values.far.split(',').filter((name) => name !== 'slow' && name !== 'fast')]
if (unknown.length + unknownFar.length > 0)
  giveUp(`unknown: ${[...unknown, ...unknownFar].join(', ')} (--peer ${Object.keys(peers).join(',')}; --far slow,fast)`)
if (values.haraka) await installHaraka()
for (const name of values.haraka && !wanted.includes('haraka') ? [...wanted, 'haraka'] : wanted) {
  const kind = peers[name]
  const reason = kind?.missing()
  if (reason !== undefined) console.error(`${name} is left out: ${reason}`)
  else if (kind) for (const farName of values.far.split(',')) await runTrial(kind, farName === 'slow')
}
if (table.length === 0) giveUp('nothing was measured')
process.exit(0)
