// Micro bench of the delivery road: fresh entries through take() with a stub store and a sink in a process of its own.
// Prints messages per second and CPU microseconds per message (this process; the sink's are shown apart) with 0, 1 and 2 RSA-2048 signatures.
// Run: node bench/delivery.ts [messages] [tenants]
import { fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { startDelivery } from '../src/delivery/deliver-due.ts'
import { systemClock } from '../src/kit/clock.ts'
import { systemDial } from '../src/kit/dial.ts'
import { openDns } from '../src/kit/dns.ts'
import { openLog } from '../src/kit/log.ts'
import { createMetrics } from '../src/kit/metrics.ts'
import { systemRandom } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import { mintMessageId } from '../src/model/message-id.ts'
import type { QueueEntry } from '../src/model/message.ts'
import type { Store } from '../src/storage/store.ts'

const messages = Number(process.argv[2] ?? 6000)
const tenants = Number(process.argv[3] ?? 100)
const inFlightMax = 64

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const sealer = createSealer(Buffer.alloc(32, 7), systemRandom)
const sealedPrivateKey = sealer.seal(keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')

const sink = fork(new URL('./delivery-sink.mjs', import.meta.url), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] })
const port = await new Promise<number>((resolve) => sink.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString()))))
const sinkStats = () =>
  new Promise<{ count: number; cpuUs: number }>((resolve) => {
    sink.once('message', (stats) => resolve(stats as { count: number; cpuUs: number }))
    sink.send('stats')
  })

console.log(`${messages} messages of 10 KiB, ${tenants} tenants, ${inFlightMax} handed over at a time`)
console.log('signatures   msg/s   CPU µs/message   sink µs/message   p50 ms   p99 ms')
for (const signatures of [0, 1, 2]) await run(signatures)
sink.send('end')

async function run(signatures: number): Promise<void> {
  let finished = 0
  let more = () => {}
  const starts = new Map<number, number>()
  const times: number[] = []
  const store = {
    async get(_: unknown, key: string) {
      if (signatures === 0) return undefined
      const dkim = { signingEnabled: true, origin: 'AWS_SES', tokens: ['token'], key: { sealedPrivateKey, publicKey, bits: 2048 }, status: 'SUCCESS' }
      return { key, version: 1, value: { name: key, kind: 'DOMAIN', verification: 'SUCCESS', dkim } }
    },
    async commit(changes: readonly { type: string; id?: number }[]) {
      for (const { type, id } of changes) {
        if (type === 'requeue') throw new Error('nothing should wait in this run')
        if (type !== 'finish' || id === undefined) continue
        finished++
        times.push(performance.now() - (starts.get(id) ?? 0))
        starts.delete(id)
      }
      more()
      return { committed: true, bodies: [] }
    },
    claim: async () => [],
    waitingLanes: async () => [],
    listQueue: async () => [],
  } as unknown as Store
  const delivery = startDelivery({
    store,
    clock: systemClock,
    random: systemRandom,
    log: openLog('warn'),
    metrics: createMetrics(),
    home: { region: 'us-east-1', accountId: '111122223333' },
    hostname: 'mail.bench.test',
    dns: openDns([]),
    dial: systemDial,
    routes: new Map([['*', [{ host: '127.0.0.1', port }]]]),
    egress: [],
    allowPrivate: false,
    sealer,
    states: async () => ({
      account: { sendingEnabled: true, suppressedReasons: [], dedicatedIpAutoWarmup: true },
      configurationSet: undefined,
      tenant: undefined,
    }),
    signing: { provider: signatures === 2 ? { domain: 'mail.bench.test', selector: 'p1', key: keys.privateKey } : undefined, workers: 2 },
  })
  const body = `${'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod te.\r\n'.repeat(132)}`
  let next = 0
  const offer = () => {
    while (next < messages && next - finished < inFlightMax) {
      const id = ++next
      const tenant = `t${id % tenants}`
      const messageId = mintMessageId(Date.now(), systemRandom.uuid())
      const bytes = Buffer.from(
        `From: Sender <a@${tenant}.example>\r\nTo: b${id}@far.test\r\nSubject: Bench ${id}\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\nMessage-ID: <${messageId}@mail.bench.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${body}`,
        'latin1',
      )
      const now = Date.now()
      const entry: QueueEntry = {
        id,
        messageId,
        recipientIndex: 0,
        recipient: `b${id}@far.test`,
        domain: 'far.test',
        tenantName: tenant,
        configurationSetName: 'bench',
        identityName: `${tenant}.example`,
        acceptedAt: now,
        dueAt: now,
        expiresAt: now + 50_400_000,
        attempts: 0,
        lastReply: '',
        body: { segment: 1, offset: id, bytes: bytes.length },
      }
      starts.set(id, performance.now())
      if (!delivery.hasRoom(tenant, bytes.length, false)) throw new Error('no room although little is in flight')
      delivery.take([entry], bytes)
    }
  }
  const before = await sinkStats()
  const cpu = process.cpuUsage()
  const start = performance.now()
  await new Promise<void>((resolve) => {
    let planned = false
    more = () => {
      if (finished === messages) return resolve()
      if (planned) return
      planned = true
      setImmediate(() => {
        planned = false
        offer()
      })
    }
    offer()
  })
  const seconds = (performance.now() - start) / 1000
  const used = process.cpuUsage(cpu)
  const after = await sinkStats()
  if (after.count - before.count !== messages) throw new Error(`the sink counted ${after.count - before.count}`)
  times.sort((a, b) => a - b)
  const cell = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width)
  console.log(
    cell(signatures, 10),
    cell(messages / seconds, 7),
    cell((used.user + used.system) / messages, 16),
    cell((after.cpuUs - before.cpuUs) / messages, 17),
    cell(times[messages >> 1] ?? 0, 8, 1),
    cell(times[Math.floor(messages * 0.99)] ?? 0, 8, 1),
  )
  await delivery.close(1000)
}
