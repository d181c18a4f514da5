// Does anything grow with the number of tenants? Two services in production mode, a large and a small one, made and measured through the API in one run.
// node_modules/.bin/node bench/many-tenants.ts [--tenants 300000] [--small 10] [--senders 1000] [--messages 1000] [--rounds 5] [--minutes 0]
// Each tenant has an identity of its own and the shared configuration set. DNS knows only the senders, who bring one key; the others stay pending, as
// customers do who never published their records. --minutes ends the making early: what is there by then is measured.
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs, promisify } from 'node:util'
import { startDnsServer } from '../src/kit/dns-server.ts'
import { silentLog } from '../src/kit/log.ts'
import type { LoadPlan, LoadResult } from './load-generator.ts'
import { cpuOf, percentile } from './measure.ts'

const { values } = parseArgs({
  options: {
    tenants: { type: 'string', default: '300000' },
    small: { type: 'string', default: '10' },
    senders: { type: 'string', default: '1000' },
    messages: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '0' },
  },
})
const [wanted, small, messages, rounds, minutes] = [values.tenants, values.small, values.messages, values.rounds, values.minutes].map(Number) as [
  number,
  number,
  number,
  number,
  number,
]
const senders = Math.min(Number(values.senders), wanted)
const startedAt = performance.now()
const connections = 64
const wave = 5_000
const pageSize = 100
const idleMs = 15_000
const root = resolve(import.meta.dirname, '..')
const region = 'us-east-1'
const accessKeyId = 'AKIABENCHBENCHBENCH1'
const secret = randomBytes(30).toString('base64')
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const ownKey = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
const keyRecord = `p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`
const arn = (resource: string) => `arn:aws:ses:${region}:111122223333:${resource}`
const median = (numbers: number[]) =>
  percentile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  )

type Json = Record<string, unknown>
interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: Json
}

const hmac = (key: Buffer | string, data: string) => createHmac('sha256', key).update(data).digest()
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex')
const signingKeys = new Map<string, Buffer>()

function signed({ method, path, body }: Call, port: number): string {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${now.slice(0, 8)}/${region}/ses/aws4_request`
  const key = signingKeys.get(scope) ?? scope.split('/').reduce<Buffer | string>(hmac, `AWS4${secret}`)
  signingKeys.set(scope, key as Buffer)
  const text = body ? JSON.stringify(body) : ''
  const host = `127.0.0.1:${port}`
  const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-date:${now}\n\nhost;x-amz-date\n${sha256(text)}`
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${now}\n${scope}\n${sha256(canonical)}`).toString('hex')
  return (
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Amz-Date: ${now}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
    `Authorization: AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}\r\n\r\n${text}`
  )
}

/** One keep-alive connection, one request at a time. Anything but 200 ends the run. */
async function openLine(port: number): Promise<{ call(call: Call): Promise<Json>; end(): void }> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let buffered = ''
  let waiting: { done(answer: Json): void; fail(fault: Error): void } | undefined
  const lost = (fault?: Error) => waiting?.fail(fault ?? new Error('the service closed the connection'))
  socket.on('data', (chunk) => {
    buffered += chunk.toString('utf8')
    const head = buffered.indexOf('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(buffered)?.[1] ?? -1)
    if (head < 0 || length < 0 || Buffer.byteLength(buffered) < Buffer.byteLength(buffered.slice(0, head)) + 4 + length) return
    const [answer, asker] = [buffered, waiting]
    buffered = ''
    waiting = undefined
    if (answer.startsWith('HTTP/1.1 200')) asker?.done(JSON.parse(answer.slice(head + 4) || '{}'))
    else asker?.fail(new Error(answer.slice(0, 600)))
  })
  socket.on('error', lost)
  socket.on('close', () => lost())
  return {
    call: (call) =>
      new Promise((done, fail) => {
        waiting = { done, fail }
        socket.write(signed(call, port))
      }),
    end: () => socket.destroy(),
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A service in a process of its own, in production mode, that can be killed and started again on the same data. */
class Subject {
  readonly label: string
  readonly port: number
  readonly #dataDir: string
  readonly #environment: Record<string, string>
  #child: ChildProcess | undefined

  private constructor(label: string, port: number, dataDir: string, environment: Record<string, string>) {
    this.label = label
    this.port = port
    this.#dataDir = dataDir
    this.#environment = environment
    // Also when the run is interrupted: neither a process nor gigabytes stay behind.
    process.on('exit', () => {
      this.#child?.kill('SIGKILL')
      rmSync(this.#dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    })
  }

  static async start(label: string, { farPort, resolver }: { farPort: number; resolver: string }): Promise<Subject> {
    const [http, smtp, smtps] = [await freePort(), await freePort(), await freePort()]
    const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-many-'))
    const subject = new Subject(label, http, dataDir, {
      PATH: process.env.PATH ?? '',
      BULKHEAD_MODE: 'production',
      BULKHEAD_HOSTNAME: 'mail.bench.example',
      BULKHEAD_DATA_DIR: dataDir,
      BULKHEAD_HTTP: `127.0.0.1:${http}`,
      BULKHEAD_SMTP: `127.0.0.1:${smtp}`,
      BULKHEAD_SMTPS: `127.0.0.1:${smtps}`,
      BULKHEAD_FEEDBACK: 'off',
      BULKHEAD_RESOLVER: resolver,
      BULKHEAD_ROUTES: `*=127.0.0.1:${farPort}`,
      BULKHEAD_EGRESS: '127.0.0.1/mail.bench.example',
      BULKHEAD_MASTER_KEY: randomBytes(32).toString('hex'),
      BULKHEAD_ACCESS_KEY_ID: accessKeyId,
      BULKHEAD_SECRET_ACCESS_KEY: secret,
    })
    await subject.launch()
    return subject
  }

  /** Starts the process; resolves with the milliseconds until /healthz answers. */
  async launch(): Promise<number> {
    const began = performance.now()
    const child = spawn(process.execPath, [join(root, 'bin/bulkhead.mjs'), 'serve'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: this.#environment,
    })
    this.#child = child
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${this.port}/healthz`).catch(() => undefined)
      await answer?.arrayBuffer()
      if (answer?.ok) return performance.now() - began
      if (child.exitCode !== null || performance.now() - began > 60_000) throw new Error('the service does not become ready')
      await sleep(5)
    }
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }

  /** Resident memory and its peak, MiB. */
  memory(): { now: number; peak: number } {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8')
    const of = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
    return { now: of('VmRSS'), peak: of('VmHWM') }
  }

  /** CPU seconds since the start. */
  cpu(): number {
    const { user, system } = cpuOf([this.#child?.pid ?? 0])
    return user + system
  }
}

const steps: { name: string; seconds: number; calls: number; make(index: number): Call }[] = [
  { name: 'CreateTenant', make: (index: number) => ({ method: 'POST' as const, path: '/v2/email/tenants', body: { TenantName: `t${index}` } }) },
  {
    name: 'CreateEmailIdentity',
    make: (index: number) => ({
      method: 'POST' as const,
      path: '/v2/email/identities',
      body: {
        EmailIdentity: `t${index}.example`,
        ...(index < senders ? { DkimSigningAttributes: { DomainSigningSelector: 'bench', DomainSigningPrivateKey: ownKey } } : {}),
      },
    }),
  },
  ...['identity', 'configuration-set'].map((kind) => ({
    name: `CreateTenantResourceAssociation (${kind})`,
    make: (index: number) => ({
      method: 'POST' as const,
      path: '/v2/email/tenants/resources',
      body: { TenantName: `t${index}`, ResourceArn: arn(kind === 'identity' ? `identity/t${index}.example` : 'configuration-set/bench') },
    }),
  })),
].map((step) => ({ ...step, seconds: 0, calls: 0 }))

/** Makes tenants until there are `count` or the time is over; resolves with how many there are. */
async function makeTenants(subject: Subject, count: number, isMeasured: boolean): Promise<number> {
  const lines = await Promise.all(Array.from({ length: connections }, () => openLine(subject.port)))
  await lines[0]?.call({ method: 'POST', path: '/v2/email/configuration-sets', body: { ConfigurationSetName: 'bench' } })
  let made = 0
  while (made < count && !(isMeasured && minutes > 0 && performance.now() - startedAt > minutes * 60_000)) {
    const end = Math.min(made + wave, count)
    for (const step of steps) {
      const began = performance.now()
      let next = made
      await Promise.all(
        lines.map(async (line) => {
          while (next < end) await line.call(step.make(next++))
        }),
      )
      if (!isMeasured) continue
      step.seconds += (performance.now() - began) / 1000
      step.calls += end - made
    }
    made = end
    if (isMeasured) process.stderr.write(`\r${made} tenants, ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ${subject.memory().now.toFixed(0)} MiB `)
  }
  for (let index = 0; index < Math.min(senders, made); index++) {
    for (let tries = 0; !(await lines[0]?.call({ method: 'GET', path: `/v2/email/identities/t${index}.example` }))?.VerifiedForSendingStatus; tries++) {
      if (tries > 600) throw new Error(`t${index}.example does not become verified`)
      await sleep(100)
    }
  }
  for (const line of lines) line.end()
  return made
}

/** Median milliseconds of the first, the middle and the last page. */
async function timePages(subject: Subject): Promise<{ pages: number; medians: number[]; p99: number[] }> {
  const line = await openLine(subject.port)
  const page = (token: unknown) =>
    line.call({ method: 'POST', path: '/v2/email/tenants/list', body: { PageSize: pageSize, ...(token ? { NextToken: token } : {}) } })
  const tokens: unknown[] = [undefined]
  for (;;) {
    const { NextToken: token, Tenants: found } = await page(tokens.at(-1))
    if (!token) {
      // Only whole pages compare.
      if ((found as unknown[]).length < pageSize && tokens.length > 1) tokens.pop()
      break
    }
    tokens.push(token)
  }
  const chosen = [0, Math.floor(tokens.length / 2), tokens.length - 1]
  const times: number[][] = chosen.map(() => [])
  for (let round = 0; round < 220; round++) {
    for (const [place, at] of chosen.entries()) {
      const began = performance.now()
      await page(tokens[at])
      if (round >= 20) times[place]?.push(performance.now() - began)
    }
  }
  line.end()
  return {
    pages: tokens.length,
    medians: times.map(median),
    p99: times.map((list) =>
      percentile(
        list.toSorted((a, b) => a - b),
        0.99,
      ),
    ),
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
const far = fork(join(import.meta.dirname, 'far-counter.ts'))
const [{ port: farPort }] = (await once(far, 'message')) as [{ port: number }]
const askFar = async (question: string) => {
  const answer = once(far, 'message')
  far.send(question)
  return (await answer)[0] as { unique: number; p50: number; p99: number; doubled: number }
}

interface Sent {
  readonly accept50: number
  readonly accept99: number
  readonly deliver50: number
  readonly deliver99: number
}

/** Sends over a few connections, far below what the service can do, and waits for all of it at the far server. */
async function send(subject: Subject, tenants: number): Promise<Sent> {
  await askFar('reset')
  const credential = { accessKeyId, secret, smtpPassword: '', region, configurationSet: 'bench' }
  const plan: LoadPlan = { door: 'api', port: subject.port, messages, connections: 2, tenants, bytes: 2_048, firstId: 0, credential }
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'load-generator.ts'), JSON.stringify(plan)])
  const load: LoadResult = JSON.parse(stdout)
  if (load.refused > 0) throw new Error(`${subject.label}: ${load.refused} refused: ${load.firstReply}`)
  for (let tries = 0; (await askFar('count')).unique < messages; tries++) {
    if (tries > 300) throw new Error(`${subject.label}: not all was delivered`)
    await sleep(100)
  }
  const { p50, p99, doubled } = await askFar('result')
  if (doubled > 0) throw new Error(`${subject.label}: ${doubled} doubled`)
  return { accept50: load.acceptP50, accept99: load.acceptP99, deliver50: p50, deliver99: p99 }
}

const middle = (list: Sent[]): Sent => ({
  accept50: median(list.map((one) => one.accept50)),
  accept99: median(list.map((one) => one.accept99)),
  deliver50: median(list.map((one) => one.deliver50)),
  deliver99: median(list.map((one) => one.deliver99)),
})

const published = /^bench\._domainkey\.t(\d+)\.example$/
const dns = await startDnsServer({
  host: '127.0.0.1',
  port: 0,
  log: silentLog,
  ttlSeconds: 60,
  answer: ({ name, type }) =>
    type === 'TXT' && Number(published.exec(name)?.[1] ?? senders) < senders
      ? { code: 'NOERROR', records: [{ name, type: 'TXT', data: keyRecord }] }
      : { code: 'NXDOMAIN' },
})

const world = { farPort, resolver: dns.address }
const large = await Subject.start('large', world)
const little = await Subject.start('small', world)
try {
  const made = await makeTenants(large, wanted, true)
  await makeTenants(little, small, false)
  const tenants = made.toLocaleString('en')
  console.log(`\n| made through the API, ${connections} connections | calls | a second |\n|---|---|---|`)
  for (const { name, calls, seconds } of steps) console.log(`| ${name} | ${calls} | ${(calls / seconds).toFixed(0)} |`)
  const seconds = steps.reduce((sum, step) => sum + step.seconds, 0)
  console.log(`| whole tenants | ${made} | ${(made / seconds).toFixed(0)} |`)

  const quiet = async (subject: Subject) => {
    const [cpu, questions] = [subject.cpu(), dns.questions()]
    await sleep(idleMs)
    return { cpu: ((subject.cpu() - cpu) / idleMs) * 100_000, questions: ((dns.questions() - questions) / idleMs) * 1_000, ...subject.memory() }
  }
  const afterMaking = await quiet(large)

  const { pages, medians, p99 } = await timePages(large)
  console.log(`\n| ListTenants of ${tenants}, ${pageSize} a page, ${pages} pages | p50, ms | p99, ms |\n|---|---|---|`)
  for (const [place, name] of ['first', 'middle', 'last'].entries()) console.log(`| ${name} | ${medians[place]?.toFixed(2)} | ${p99[place]?.toFixed(2)} |`)
  console.log(`| slowest / fastest (goal 1.5) | ${(Math.max(...medians) / Math.min(...medians)).toFixed(2)} | |`)

  const results: { large: Sent[]; little: Sent[]; spread: Sent[] } = { large: [], little: [], spread: [] }
  for (let round = -1; round < rounds; round++) {
    const one = { little: await send(little, small), large: await send(large, Math.min(small, senders)), spread: await send(large, Math.min(senders, made)) }
    if (round < 0) continue // The first warms up.
    for (const name of ['little', 'large', 'spread'] as const) results[name].push(one[name])
  }
  console.log(`\n| send, ms (median of ${rounds} rounds of ${messages}) | accept p50 | accept p99 | delivered p50 | delivered p99 |\n|---|---|---|---|---|`)
  const row = (label: string, { accept50, accept99, deliver50, deliver99 }: Sent, digits = 2) =>
    console.log(`| ${label} | ${[accept50, accept99, deliver50, deliver99].map((figure) => figure.toFixed(digits)).join(' | ')} |`)
  const [ofLittle, ofLarge] = [middle(results.little), middle(results.large)]
  row(`${small} tenants`, ofLittle)
  row(`${tenants} tenants, ${Math.min(small, senders)} of them send`, ofLarge)
  row(`${tenants} tenants, ${Math.min(senders, made)} of them send`, middle(results.spread))
  const ratio = (name: keyof Sent) => ofLarge[name] / ofLittle[name]
  row('ratio of the second to the first (goal 1.1)', {
    accept50: ratio('accept50'),
    accept99: ratio('accept99'),
    deliver50: ratio('deliver50'),
    deliver99: ratio('deliver99'),
  })

  const idleLarge = await quiet(large)
  const idleLittle = little.memory()
  const starts: number[][] = []
  for (const subject of [large, little]) {
    const times: number[] = []
    for (let round = 0; round < 3; round++) {
      await subject.end('SIGKILL')
      times.push(await subject.launch())
    }
    starts.push(times)
  }
  const restarted = await quiet(large)
  console.log(`\n| | ${tenants} tenants | ${small} tenants |\n|---|---|---|`)
  console.log(`| SIGKILL, start, /healthz, s (goal 2) | ${starts.map((times) => times.map((ms) => (ms / 1000).toFixed(2)).join(', ')).join(' | ')} |`)
  console.log(`| resident after making, MiB (peak) | ${afterMaking.now.toFixed(0)} (${afterMaking.peak.toFixed(0)}) | |`)
  console.log(`| resident idle after sending, MiB (goal 300) | ${idleLarge.now.toFixed(0)} | ${idleLittle.now.toFixed(0)} |`)
  console.log(`| resident idle after a restart, MiB | ${restarted.now.toFixed(0)} | ${little.memory().now.toFixed(0)} |`)
  console.log(
    `| CPU idle, % of one core: after making, after sending, after a restart | ${[afterMaking, idleLarge, restarted].map(({ cpu }) => cpu.toFixed(0)).join(', ')} | |`,
  )
  console.log(`| DNS questions a second, then | ${[afterMaking, idleLarge, restarted].map(({ questions }) => questions.toFixed(0)).join(', ')} | |`)
} finally {
  await large.end('SIGKILL')
  await little.end('SIGKILL')
  await dns.close()
  far.send('quit')
}
