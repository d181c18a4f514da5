// The service as a process that may be mistreated: killed, stopped, started as another user, or through the launcher, always on the same data.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateEmailIdentityCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2'
import { smtpPassword } from '../../src/access/smtp-password.ts'
import { freePort } from '../harness/free-port.ts'

const root = resolve(import.meta.dirname, '../..')
const readyMsMax = 20_000

export const accessKeyId = 'AKIATESTTESTTESTTEST'
export const secretAccessKey = 'a secret of the crash test, forty bytes..'
export const smtpPlain = Buffer.from(`\0${accessKeyId}\0${smtpPassword(secretAccessKey, 'us-east-1')}`).toString('base64')

/** How this one differs from the usual. */
export interface TrialOptions {
  /** Where all mail goes: port of a far server on the loopback. */
  readonly farPort: number
  /** An existing directory; otherwise one is made, and removed by `end`. */
  readonly dataDir?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Runs as this user and group. */
  readonly uid?: number
  /** The way of `npm start`: bin/bulkhead.mjs under whatever Node the machine has. */
  readonly throughLauncher?: boolean
}

/** One service over all its lives. */
export interface TrialService {
  readonly dataDir: string
  readonly ports: { readonly http: number; readonly smtp: number; readonly smtps: number }
  readonly process: ChildProcess
  /** Standard output and standard error of the present life. */
  readonly output: string
  /** Starts and does not wait. */
  spawn(): ChildProcess
  /** Starts and waits until it is ready. @throws with its output when it ends instead. */
  start(): Promise<void>
  kill(): Promise<void>
  /** SIGTERM; the exit code, null when a signal ended it. */
  terminate(): Promise<number | null>
  client(): SESv2Client
  /** Makes `crash.test` an identity that may send. */
  makeIdentity(): Promise<void>
  /** Kills what runs and removes its directory. */
  end(): Promise<void>
}

/** Prepares one; nothing runs yet. */
export async function prepareTrial(options: TrialOptions): Promise<TrialService> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'trial-')))
  const ports = { http: await freePort(), smtp: await freePort(), smtps: await freePort() }
  let output = ''
  let child: ChildProcess | undefined
  const [node, script] = options.throughLauncher ? ['node', 'bin/bulkhead.mjs'] : [process.execPath, 'src/main.ts']
  const launch = () => {
    output = ''
    const started = spawn(node, [join(root, script), 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      env: {
        PATH: process.env.PATH,
        BULKHEAD_DATA_DIR: dataDir,
        BULKHEAD_HTTP: `127.0.0.1:${ports.http}`,
        BULKHEAD_SMTP: `127.0.0.1:${ports.smtp}`,
        BULKHEAD_SMTPS: `127.0.0.1:${ports.smtps}`,
        BULKHEAD_FEEDBACK: 'off',
        BULKHEAD_ROUTES: `*=127.0.0.1:${options.farPort}`,
        BULKHEAD_ACCESS_KEY_ID: accessKeyId,
        BULKHEAD_SECRET_ACCESS_KEY: secretAccessKey,
        BULKHEAD_LOG_LEVEL: 'warn',
        ...options.environment,
      },
    })
    for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk: Buffer) => (output = `${output}${chunk}`.slice(-1_000_000)))
    child = started
    return started
  }
  const ended = async (signal: NodeJS.Signals) => {
    const running = child
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null
    const closed = once(running, 'close')
    running.kill(signal)
    return (await closed)[0] as number | null
  }
  const client = () =>
    new SESv2Client({ endpoint: `http://127.0.0.1:${ports.http}`, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 })
  return {
    dataDir,
    ports,
    client,
    spawn: launch,
    get process() {
      if (!child) throw new Error('nothing was started')
      return child
    },
    get output() {
      return output
    },
    async start() {
      const started = launch()
      for (const deadline = Date.now() + readyMsMax; Date.now() < deadline; await sleep(20)) {
        if (started.exitCode !== null) throw new Error(`the service ended with ${started.exitCode}: ${output}`)
        const answer = await fetch(`http://127.0.0.1:${ports.http}/healthz`, { headers: { connection: 'close' } }).catch(() => undefined)
        await answer?.body?.cancel()
        if (answer?.ok) return
      }
      throw new Error(`the service does not become ready: ${output}`)
    },
    kill: async () => void (await ended('SIGKILL')),
    terminate: () => ended('SIGTERM'),
    async makeIdentity() {
      const ses = client()
      await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: 'crash.test' }))
      while (!(await ses.send(new GetEmailIdentityCommand({ EmailIdentity: 'crash.test' }))).VerifiedForSendingStatus) await sleep(50)
      ses.destroy()
    },
    async end() {
      await ended('SIGKILL')
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
