// The submitting side of the rig, a process of its own. Closed loop: M connections, each with the next message as soon as the last was answered.
// Open loop: so many messages a second whatever the server does; latency counts from when a message was due.
// Started with one JSON argument (LoadPlan); tells its progress over IPC, stops early when told 'stop', prints one JSON line (LoadResult) when done.
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential, Letter, LetterForm } from './letters.ts'
import { nowMicros, percentile } from './measure.ts'
import { type Lane, openApi, openSmtp, type Submitter } from './submitter.ts'

/** What to send. */
export interface LoadPlan {
  readonly door: 'smtp' | 'api'
  readonly port: number
  readonly messages: number
  /** Open loop: at the start; it opens more when all are busy, up to `open.connectionsMax`. */
  readonly connections: number
  /** Message i belongs to tenant `firstTenant` + i mod `tenants`. */
  readonly tenants: number
  readonly firstTenant?: number
  readonly bytes: number
  readonly firstId: number
  /** Default d0.example. */
  readonly domain?: string
  readonly messageClass?: 'bulk' | 'transactional'
  /** API: messages of one SendBulkEmail; 1 (default) is SendEmail. */
  readonly entries?: number
  readonly open?: { readonly perSecond: number; readonly connectionsMax: number; readonly graceMs: number }
  /** Nice value; needs root below 0. */
  readonly priority?: number
  /** undefined: no AUTH, no X-SES headers, no signature (other servers). */
  readonly credential: Credential | undefined
}

/** What came of it. */
export interface LoadResult {
  readonly accepted: number
  readonly refused: number
  /** Open loop: without an answer, or not even submitted, when the grace was over. */
  readonly unanswered: number
  readonly firstReply: string
  /** Microseconds. */
  readonly started: number
  readonly ended: number
  readonly acceptP50: number
  readonly acceptP99: number
  readonly cpuSeconds: number
}

const plan: LoadPlan = JSON.parse(process.argv[2] ?? '{}')
const entries = plan.entries ?? 1
const form: LetterForm = { bytes: plan.bytes, domain: plan.domain ?? 'd0.example', messageClass: plan.messageClass, credential: plan.credential }
const latencies: number[] = []
let issued = 0
let accepted = 0
let refused = 0
let firstReply = ''
let isStopped = false

/** The next letter of the load. */
function write(began: number): Letter {
  const count = Math.min(entries, plan.messages - issued)
  const letter = { id: plan.firstId + issued, count, tenant: (plan.firstTenant ?? 0) + (Math.floor(issued / entries) % plan.tenants), began }
  issued += count
  return letter
}

function settle({ count, began }: Letter, taken: number, reply: string): void {
  accepted += taken
  refused += count - taken
  if (taken < count) firstReply ||= reply.slice(0, 300)
  latencies.push((nowMicros() - began) / 1000)
}

const start = plan.door === 'api' ? openApi : openSmtp

async function closedLoop(): Promise<void> {
  const take = () => (isStopped || issued >= plan.messages ? 'end' : write(nowMicros()))
  const open = () => start({ port: plan.port, form, lane: { take, settle }, onIdle() {} })
  await Promise.all(Array.from({ length: plan.connections }, () => open().closed))
}

async function openLoop({ perSecond, connectionsMax, graceMs }: NonNullable<LoadPlan['open']>): Promise<void> {
  const waiting: Letter[] = []
  const living = new Set<Submitter>()
  const idle: Submitter[] = []
  let opening = 0
  let isOver = false
  const lane: Lane = { take: () => waiting.shift() ?? (isOver ? 'end' : undefined), settle }
  const open = () => {
    let isNew = true
    opening++
    const arrived = () => {
      if (isNew) opening--
      isNew = false
    }
    const one: Submitter = start({
      port: plan.port,
      form,
      lane: {
        settle,
        take() {
          arrived()
          return lane.take()
        },
      },
      onIdle: () => idle.push(one),
    })
    living.add(one)
    void one.closed.then(() => {
      arrived()
      living.delete(one)
      if (idle.includes(one)) idle.splice(idle.indexOf(one), 1)
    })
  }
  for (let count = 0; count < plan.connections; count++) open()
  while (opening > 0 && living.size > 0) await sleep(5)
  const began = nowMicros()
  while (issued < plan.messages && !isStopped) {
    for (let due = began + (issued * 1e6) / perSecond; due <= nowMicros() && issued < plan.messages; due = began + (issued * 1e6) / perSecond)
      waiting.push(write(due))
    // In turn, so that no connection idles until the server closes it.
    for (let left = waiting.length; left > 0 && idle.length > 0; left--) idle.shift()?.wake()
    while (waiting.length > opening && living.size < connectionsMax && idle.length === 0) open()
    await sleep(1)
  }
  const deadline = performance.now() + graceMs
  while (accepted + refused < issued && performance.now() < deadline) {
    for (let left = waiting.length; left > 0 && idle.length > 0; left--) idle.shift()?.wake()
    while (waiting.length > opening && living.size < connectionsMax && idle.length === 0) open()
    await sleep(5)
  }
  isOver = true
  for (const one of idle.splice(0)) one.wake()
  await Promise.race([Promise.all([...living].map(({ closed }) => closed)), sleep(500)])
}

try {
  if (plan.priority !== undefined) setPriority(plan.priority)
} catch {
  // Without root it runs like everybody.
}
process.on('message', () => (isStopped = true))
process.on('disconnect', () => process.exit(1))
const progress = process.send ? setInterval(() => process.send?.({ accepted }), 100) : undefined
const started = nowMicros()
await (plan.open ? openLoop(plan.open) : closedLoop())
clearInterval(progress)
latencies.sort((a, b) => a - b)
const { user, system } = process.cpuUsage()
const result: LoadResult = {
  accepted,
  refused,
  unanswered: Math.max(0, (plan.open && !isStopped ? plan.messages : issued) - accepted - refused),
  firstReply,
  started,
  ended: nowMicros(),
  acceptP50: percentile(latencies, 0.5),
  acceptP99: percentile(latencies, 0.99),
  cpuSeconds: (user + system) / 1e6,
}
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))
