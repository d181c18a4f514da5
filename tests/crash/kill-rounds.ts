// Kills the service with SIGKILL at random instants under load, again and again on one data directory, and counts what was lost or doubled.
// Run alone: node tests/crash/kill-rounds.ts [rounds]; the suite runs a few rounds of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateEmailIdentityCommand, GetEmailIdentityCommand, SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { type CountingFarServer, startCountingFarServer } from '../harness/counting-far-server.ts'

const root = resolve(import.meta.dirname, '../..')
const accessKeyId = 'AKIATESTTESTTESTTEST'
const secretAccessKey = 'a secret of the crash test, forty bytes..'
const connectionsOfEachDoor = 8
/** An outcome is recorded within a commit or two of the far server's reply; only what was closer than this to a kill may be doubled. */
const recordedWithinMs = 1_000

/** What the rounds showed. */
export interface KillReport {
  readonly rounds: number
  readonly answered: number
  readonly lost: readonly string[]
  readonly doubled: number
  /** Doubles that no kill explains. */
  readonly unexplained: readonly string[]
}

/** Runs `rounds` rounds and waits until everything that was answered has arrived, at most two minutes. */
export async function killRounds(rounds: number): Promise<KillReport> {
  const far = await startCountingFarServer()
  const dataDir = await mkdtemp(join(tmpdir(), 'kill-rounds-'))
  const ports = { http: await freePort(), smtp: await freePort(), smtps: await freePort() }
  const answered = new Set<string>()
  const kills: number[] = []
  let service: ChildProcess | undefined
  try {
    service = await start(dataDir, ports, far)
    await makeIdentity(ports.http)
    for (let round = 0; round < rounds; round++) {
      const load = new AbortController()
      const running = Array.from({ length: connectionsOfEachDoor }, (_, index) => [
        smtpLoad(ports.smtp, `s${round}-${index}`, answered, load.signal),
        apiLoad(ports.http, `a${round}-${index}`, answered, load.signal),
      ]).flat()
      await sleep(100 + Math.random() * 900)
      kills.push(Date.now())
      service.kill('SIGKILL')
      load.abort()
      await Promise.all([once(service, 'close'), ...running])
      service = await start(dataDir, ports, far)
    }
    for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(100)) {
      if ([...answered].every((id) => far.arrivals.has(id))) break
    }
    await sleep(500)
  } finally {
    service?.kill('SIGTERM')
    if (service && service.exitCode === null) await once(service, 'close')
    await far.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  const doubles = [...far.arrivals].filter(([, times]) => times.length > 1)
  const explained = ([, times]: [string, readonly number[]]) =>
    times.slice(0, -1).every((time) => kills.some((kill) => kill > time - 50 && kill - time < recordedWithinMs))
  return {
    rounds,
    answered: answered.size,
    lost: [...answered].filter((id) => !far.arrivals.has(id)),
    doubled: doubles.length,
    unexplained: doubles.filter((double) => !explained(double)).map(([id]) => id),
  }
}

async function start(dataDir: string, ports: { http: number; smtp: number; smtps: number }, far: CountingFarServer): Promise<ChildProcess> {
  const service = spawn(process.execPath, [join(root, 'src/main.ts'), 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      BULKHEAD_DATA_DIR: dataDir,
      BULKHEAD_HTTP: `127.0.0.1:${ports.http}`,
      BULKHEAD_SMTP: `127.0.0.1:${ports.smtp}`,
      BULKHEAD_SMTPS: `127.0.0.1:${ports.smtps}`,
      BULKHEAD_ROUTES: `*=127.0.0.1:${far.port}`,
      BULKHEAD_ACCESS_KEY_ID: accessKeyId,
      BULKHEAD_SECRET_ACCESS_KEY: secretAccessKey,
      BULKHEAD_LOG_LEVEL: 'error',
    },
  })
  for (let tries = 0; tries < 200; tries++) {
    if (service.exitCode !== null) throw new Error('the service ended at its start')
    const answer = await fetch(`http://127.0.0.1:${ports.http}/healthz`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return service
    await sleep(50)
  }
  throw new Error('the service does not become ready')
}

function client(httpPort: number): SESv2Client {
  return new SESv2Client({ endpoint: `http://127.0.0.1:${httpPort}`, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 })
}

async function makeIdentity(httpPort: number): Promise<void> {
  const ses = client(httpPort)
  await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'crash.test' }))
  while (!(await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'crash.test' }))).VerifiedForSendingStatus) await sleep(50)
  ses.destroy()
}

async function apiLoad(port: number, name: string, answered: Set<string>, signal: AbortSignal): Promise<void> {
  const ses = client(port)
  for (let index = 0; !signal.aborted; index++) {
    const id = `${name}-${index}`
    const command = new SendEmailCommand({
      FromEmailAddress: 'load@crash.test',
      Destination: { ToAddresses: [`${id}@far.test`] },
      Content: { Simple: { Subject: { Data: id }, Body: { Text: { Data: 'x'.repeat(2_000) } }, Headers: [{ Name: 'X-Test-Id', Value: id }] } },
    })
    try {
      await ses.send(command)
      answered.add(id)
    } catch {
      // Not answered, so nothing was promised.
      await sleep(5)
    }
  }
  ses.destroy()
}

function smtpLoad(port: number, name: string, answered: Set<string>, signal: AbortSignal): Promise<void> {
  const password = [...['us-east-1', 'ses', 'aws4_request', 'SendRawEmail']].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    createHmac('sha256', `AWS4${secretAccessKey}`).update('11111111').digest(),
  )
  const plain = Buffer.from(`\0${accessKeyId}\0${Buffer.concat([Buffer.of(4), password]).toString('base64')}`).toString('base64')
  return new Promise((done) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let index = 0
    let id = ''
    const steps = ['EHLO crash.test', `AUTH PLAIN ${plain}`]
    const transaction = () => {
      id = `${name}-${index++}`
      steps.push('MAIL FROM:<load@crash.test>', `RCPT TO:<${id}@far.test>`, 'DATA')
      steps.push(
        `From: load@crash.test\r\nTo: ${id}@far.test\r\nSubject: ${id}\r\nX-Test-Id: ${id}\r\n\r\n${createHash('sha256').update(id).digest('hex')}\r\n.`,
      )
    }
    let buffered = ''
    let inFlight = ''
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1')
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const line = buffered.slice(0, end)
        buffered = buffered.slice(end + 2)
        if (line[3] === '-') continue
        if (inFlight.endsWith('\r\n.') && line.startsWith('250')) answered.add(id)
        if (signal.aborted) {
          socket.destroy()
          return
        }
        if (steps.length === 0) transaction()
        inFlight = steps.shift() ?? ''
        socket.write(`${inFlight}\r\n`)
      }
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => done())
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

if (import.meta.main) {
  const report = await killRounds(Number(process.argv[2] ?? 50))
  console.log(
    `${report.rounds} kills, ${report.answered} messages answered, ${report.lost.length} lost, ${report.doubled} doubled, ${report.unexplained.length} doubled without a kill that explains it`,
  )
  process.exitCode = report.lost.length + report.unexplained.length > 0 ? 1 : 0
}
