// The service as its users run it: a process of its own on free ports. It can be killed at any instant and started again on its data.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import type { SESv2Client } from '@aws-sdk/client-sesv2'
import { smtpPassword } from '../../src/access/smtp-password.ts'
import { callOwn } from './call-own.ts'
import { waitFor } from './wait-for.ts'
import { sesClient } from './world.ts'
import { freePort } from './free-port.ts'

const root = resolve(import.meta.dirname, '../..')
const credentials = { accessKeyId: 'AKIAPROCESSFLAVOUR01', secretAccessKey: 'secret-of-the-process-flavour-0123456789' }
const readyMsMax = 20_000

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly ses: SESv2Client
  readonly http: { readonly host: string; readonly port: number }
  readonly smtp: { readonly host: string; readonly port: number; readonly user: string; readonly password: string }
  readonly smtps: { readonly host: string; readonly port: number }
  readonly feedback: { readonly host: string; readonly port: number }
  readonly dataDir: string
  readonly pid: number
  /** What it wrote to standard output and standard error so far, last process only. */
  output(): { out: string; err: string }
  own<T>(path: string, query?: Record<string, string>): Promise<T>
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code (null when a signal ended it). */
  terminate(): Promise<number | null>
  /** Starts it again with the same data and ports. */
  start(): Promise<void>
}

/** Starts a process that ends with the test; resolves when `/healthz` answers 200. */
export async function startProcess(t: TestContext, { environment = {} }: { environment?: Readonly<Record<string, string>> } = {}): Promise<ServiceProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'process-'))
  const [http, smtp, smtps, feedback] = [await freePort(), await freePort(), await freePort(), await freePort()]
  let child: ChildProcess | undefined
  let out = ''
  let err = ''
  const ses = sesClient({ port: http, credentials })

  const gone = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null || running.signalCode !== null) return running?.exitCode ?? null
    const closed = once(running, 'close')
    running.kill(signal)
    const [code] = await closed
    return code
  }
  const start = async () => {
    out = ''
    err = ''
    const started = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'src/main.ts'), 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: dataDir,
        BULKHEAD_DATA_DIR: join(dataDir, 'data'),
        BULKHEAD_HTTP: `127.0.0.1:${http}`,
        BULKHEAD_SMTP: `127.0.0.1:${smtp}`,
        BULKHEAD_SMTPS: `127.0.0.1:${smtps}`,
        BULKHEAD_FEEDBACK: `127.0.0.1:${feedback}`,
        BULKHEAD_ACCESS_KEY_ID: credentials.accessKeyId,
        BULKHEAD_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        BULKHEAD_VERIFY_INTERVAL_SECONDS: '1',
        ...environment,
      },
    })
    child = started
    started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    started.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    await waitFor(
      'the process to be ready',
      async () => {
        if (started.exitCode !== null) throw new Error(`it ended with ${started.exitCode}: ${out}${err}`)
        const response = await fetch(`http://127.0.0.1:${http}/healthz`, { headers: { connection: 'close' } }).catch(() => undefined)
        await response?.arrayBuffer()
        return response?.status === 200
      },
      readyMsMax,
    )
  }
  t.after(async () => {
    ses.destroy()
    await gone('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  })
  await start()
  return {
    ses,
    http: { host: '127.0.0.1', port: http },
    smtp: { host: '127.0.0.1', port: smtp, user: credentials.accessKeyId, password: smtpPassword(credentials.secretAccessKey, 'us-east-1') },
    smtps: { host: '127.0.0.1', port: smtps },
    feedback: { host: '127.0.0.1', port: feedback },
    dataDir,
    get pid() {
      return child?.pid ?? 0
    },
    output: () => ({ out, err }),
    own: (path, query) => callOwn({ host: '127.0.0.1', port: http, region: 'us-east-1', credentials, now: () => Date.now() }, path, query),
    kill: async () => void (await gone('SIGKILL')),
    terminate: () => gone('SIGTERM'),
    start,
  }
}
