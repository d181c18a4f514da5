// Starts our own service for the rig, in a process of its own on a fresh data directory, and makes the tenants.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateEmailTemplateCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  GetEmailIdentityCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import { freePort } from '../../tests/harness/free-port.ts'
import type { Credential } from '../letters.ts'
import { atExit } from '../rig.ts'

const root = resolve(import.meta.dirname, '../..')
const region = 'us-east-1'
const readyMsMax = 120_000
const arn = (resource: string) => `arn:aws:ses:${region}:111122223333:${resource}`

/** A server that is ready for load. */
export interface Peer {
  readonly label: string
  readonly pids: readonly number[]
  readonly smtpPort: number
  readonly apiPort: number | undefined
  readonly credential: Credential | undefined
  stop(): Promise<void>
}

/** Ours, which can also be mistreated. */
export interface BulkheadPeer extends Peer {
  readonly dataDir: string
  readonly healthz: string
  readonly credential: Credential
  kill(): Promise<void>
  /** Starts it again on the same data; resolves when /healthz answers 200, with the milliseconds that took. */
  launch(): Promise<number>
}

/** Starts Bulkhead with `signatures` DKIM signatures a message (1: the tenant's; 2: also the provider's). */
export async function startBulkhead({
  farPort,
  tenants,
  signatures,
  environment = {},
}: {
  farPort: number
  tenants: number
  signatures: number
  /** Further settings; they win. */
  environment?: Readonly<Record<string, string>>
}): Promise<BulkheadPeer> {
  const [http, smtp, smtps] = [await freePort(), await freePort(), await freePort()]
  const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-bench-'))
  const accessKeyId = 'AKIABENCHBENCHBENCH1'
  const secret = randomBytes(30).toString('base64')
  const endpoint = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined
  const forget = atExit(() => {
    child?.kill('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  })
  const launch = async () => {
    const began = performance.now()
    const started = spawn(process.execPath, [join(root, 'bin/bulkhead.mjs'), 'serve'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        BULKHEAD_DATA_DIR: dataDir,
        BULKHEAD_HTTP: `127.0.0.1:${http}`,
        BULKHEAD_SMTP: `127.0.0.1:${smtp}`,
        BULKHEAD_SMTPS: `127.0.0.1:${smtps}`,
        BULKHEAD_FEEDBACK: '127.0.0.1:0',
        BULKHEAD_ROUTES: `*=127.0.0.1:${farPort}`,
        BULKHEAD_ACCESS_KEY_ID: accessKeyId,
        BULKHEAD_SECRET_ACCESS_KEY: secret,
        BULKHEAD_PROVIDER_DKIM: signatures > 1 ? 'on' : 'off',
        ...environment,
      },
    })
    child = started
    for (;;) {
      const answer = await fetch(`${endpoint}/healthz`).catch(() => undefined)
      await answer?.arrayBuffer()
      if (answer?.ok) return performance.now() - began
      if (performance.now() - began > readyMsMax || started.exitCode !== null) throw new Error('the service does not become ready')
      await sleep(5)
    }
  }
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill(signal)
    await closed
  }
  await launch()
  const ses = new SESv2Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey: secret } })
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'bench' }))
  await ses.send(new CreateEmailTemplateCommand({ TemplateName: 'bench', TemplateContent: { Subject: 'Bulk', Text: '{{text}}' } }))
  const makeTenant = async (index: number) => {
    const domain = `t${index}.example`
    await ses.send(new CreateTenantCommand({ TenantName: `t${index}` }))
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: domain }))
    for (const resource of [`identity/${domain}`, 'configuration-set/bench', 'template/bench'])
      await ses.send(new CreateTenantResourceAssociationCommand({ TenantName: `t${index}`, ResourceArn: arn(resource) }))
    while (!(await ses.send(new GetEmailIdentityCommand({ EmailIdentity: domain }))).VerifiedForSendingStatus) await sleep(200)
  }
  for (let index = 0; index < tenants; index += 8)
    await Promise.all(Array.from({ length: Math.min(8, tenants - index) }, (_, step) => makeTenant(index + step)))
  ses.destroy()
  const smtpPassword = [region, 'ses', 'aws4_request', 'SendRawEmail'].reduce(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    createHmac('sha256', `AWS4${secret}`).update('11111111').digest(),
  )
  return {
    label: `Bulkhead, ${signatures} signature${signatures > 1 ? 's' : ''}`,
    get pids() {
      return child?.pid === undefined ? [] : [child.pid]
    },
    dataDir,
    healthz: `${endpoint}/healthz`,
    smtpPort: smtp,
    apiPort: http,
    credential: { accessKeyId, secret, region, configurationSet: 'bench', smtpPassword: Buffer.concat([Buffer.of(4), smtpPassword]).toString('base64') },
    kill: () => end('SIGKILL'),
    launch,
    async stop() {
      await end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
      forget()
    },
  }
}
