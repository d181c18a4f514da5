// The far server of the rig, a process of its own: takes all mail, counts unique ids, doubles and delivery latency. It can be slow, and short of
// connections. X-Bench-Id names a message, X-Bench-Sent the microsecond at which its submission began or was due.
// Started with one JSON argument (FarPlan); asked over IPC: 'reset', 'count', 'result', 'quit', { in: [from, to] }, { range }.
import { createServer, type Socket } from 'node:net'
import { setPriority } from 'node:os'
import { nowMicros, percentile } from './measure.ts'

/** What it is like. */
export interface FarPlan {
  readonly port?: number
  /** Wait before the reply to the final dot. */
  readonly latencyMs?: number
  /** Connections beyond these are told 421; 0 or unset: no limit. */
  readonly connectionsMax?: number
  /** Nice value; needs root below 0. */
  readonly priority?: number
}

/** What arrived since the reset. */
export interface FarResult {
  readonly unique: number
  readonly doubled: number
  readonly signatures: number
  readonly leaked: number
  readonly connections: number
  readonly lastArrival: number
  readonly p50: number
  readonly p99: number
}

/** `count` messages from id `from` on, spread over `tenants` in turn; what did not arrive counts as infinitely late. */
export interface FarRange {
  readonly range: { readonly from: number; readonly count: number; readonly tenants: number }
  /** `worst` is the highest p99 of a tenant; milliseconds. */
  readonly answer: { readonly arrived: number; readonly p50: number; readonly p99: number; readonly max: number; readonly worst: number }
}

const idsMax = 4_000_000
const plan: FarPlan = JSON.parse(process.argv[2] ?? '{}')
const latencyMs = plan.latencyMs ?? 0
const seen = new Uint8Array(idsMax)
const latencies = new Float32Array(idsMax)
let unique = 0
let doubled = 0
let signatures = 0
let leaked = 0
let connections = 0
let open = 0
let lastArrival = 0

function arrived(message: Buffer): void {
  const end = message.indexOf('\r\n\r\n')
  const header = message.toString('latin1', 0, end < 0 ? message.length : end + 2)
  const id = Number(/^X-Bench-Id: (\d+)/m.exec(header)?.[1] ?? -1)
  const sent = Number(/^X-Bench-Sent: (\d+)/m.exec(header)?.[1] ?? 0)
  if (id < 0 || id >= idsMax) return
  if (/^X-SES-/im.test(header)) leaked++
  signatures += header.split('\nDKIM-Signature:').length - (header.startsWith('DKIM-Signature:') ? 0 : 1)
  if (seen[id]) {
    doubled++
    return
  }
  seen[id] = 1
  unique++
  lastArrival = nowMicros()
  latencies[id] = (lastArrival - sent) / 1000
}

function serve(socket: Socket): void {
  if (plan.connectionsMax && open >= plan.connectionsMax) {
    socket.end('421 4.7.0 Too many connections, try again later\r\n')
    socket.on('error', () => socket.destroy())
    return
  }
  connections++
  open++
  let input: Buffer = Buffer.alloc(0)
  let inData = false
  let isWaiting = false
  let chunks: Buffer[] = []
  const work = () => {
    let replies = ''
    while (!isWaiting) {
      if (inData) {
        const end = input.indexOf('\r\n.\r\n')
        if (end < 0) {
          // Keep what could be the first part of the end mark.
          const keep = Math.max(0, input.length - 4)
          if (keep > 0) chunks.push(input.subarray(0, keep))
          input = input.subarray(keep)
          break
        }
        chunks.push(input.subarray(0, end + 2))
        arrived(chunks.length === 1 ? (chunks[0] ?? input) : Buffer.concat(chunks))
        chunks = []
        inData = false
        input = input.subarray(end + 5)
        if (latencyMs === 0) {
          replies += '250 2.0.0 Ok\r\n'
          continue
        }
        isWaiting = true
        setTimeout(() => {
          isWaiting = false
          if (socket.destroyed) return
          socket.write('250 2.0.0 Ok\r\n')
          work()
        }, latencyMs)
        break
      }
      const line = input.indexOf('\r\n')
      if (line < 0) break
      const verb = input.toString('latin1', 0, 4).toUpperCase()
      input = input.subarray(line + 2)
      if (verb === 'EHLO') replies += '250-far.bench\r\n250-PIPELINING\r\n250 8BITMIME\r\n'
      else if (verb === 'DATA') {
        replies += '354 go\r\n'
        inData = true
      } else if (verb === 'QUIT') {
        socket.end(`${replies}221 bye\r\n`)
        return
      } else replies += '250 2.0.0 Ok\r\n'
    }
    if (replies) socket.write(replies)
  }
  socket.write('220 far.bench ESMTP\r\n')
  socket.on('error', () => socket.destroy())
  socket.on('close', () => open--)
  socket.on('data', (chunk) => {
    input = input.length > 0 ? Buffer.concat([input, chunk]) : chunk
    work()
  })
}

function judge({ from, count, tenants }: FarRange['range']): FarRange['answer'] {
  const late = (index: number) => (seen[from + index] ? (latencies[from + index] ?? 0) : Number.POSITIVE_INFINITY)
  const all = Float32Array.from({ length: count }, (_, index) => late(index))
  const ofTenants = Array.from({ length: Math.min(tenants, count) }, (_, tenant) => all.filter((_value, index) => index % tenants === tenant).sort())
  const sorted = all.toSorted()
  return {
    arrived: all.filter((value) => value !== Number.POSITIVE_INFINITY).length,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
    worst: Math.max(...ofTenants.map((values) => percentile(values, 0.99))),
  }
}

function answer(question: string | { in: [number, number | null] } | { range: FarRange['range'] }): unknown {
  if (typeof question !== 'string' && 'in' in question) return seen.subarray(question.in[0], question.in[1] ?? idsMax).reduce((sum, one) => sum + one, 0)
  // Infinity does not survive IPC: it goes as a negative number.
  if (typeof question !== 'string')
    return Object.fromEntries(Object.entries(judge(question.range)).map(([name, value]) => [name, value === Number.POSITIVE_INFINITY ? -1 : value]))
  if (question === 'reset') {
    seen.fill(0)
    unique = doubled = signatures = leaked = connections = lastArrival = 0
    return { reset: true }
  }
  if (question === 'count') return { unique }
  const sorted = latencies.filter((_value, id) => seen[id] === 1).sort()
  return { unique, doubled, signatures, leaked, connections, lastArrival, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) } satisfies FarResult
}

try {
  if (plan.priority !== undefined) setPriority(plan.priority)
} catch {
  // Without root it runs like everybody.
}
const server = createServer({ noDelay: true }, serve)
server.listen(plan.port ?? 0, '127.0.0.1', 4096, () => process.send?.({ port: (server.address() as { port: number }).port }))
process.on('disconnect', () => process.exit())
process.on('message', (question: Parameters<typeof answer>[0]) => {
  if (question === 'quit') process.exit()
  process.send?.(answer(question))
})
