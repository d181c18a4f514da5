// Starts our own service for the rig, in a process of its own on a fresh data directory, and makes the tenants.
import { spawn } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  GetEmailIdentityCommand,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import type { LoadPlan } from '../load-generator.ts'

const root = resolve(import.meta.dirname, '../..')
const region = 'us-east-1'
const arn = (resource: string) => `arn:aws:ses:${region}:111122223333:${resource}`

/** A server that is ready for load. */
export interface Peer {
  readonly label: string
  readonly pids: readonly number[]
  readonly smtpPort: number
  readonly apiPort: number | undefined
  readonly credential: LoadPlan['credential']
  stop(): Promise<void>
}

/** Starts Bulkhead with `signatures` DKIM signatures a message (1: the tenant's; 2: also the provider's). */
export async function startBulkhead({
  farPort,
  tenants,
  signatures,
  ports,
}: {
  farPort: number
  tenants: number
  signatures: number
  ports: { http: number; smtp: number; smtps: number }
}): Promise<Peer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bulkhead-bench-'))
  const accessKeyId = 'AKIABENCHBENCHBENCH1'
  const secret = randomBytes(30).toString('base64')
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'serve'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      BULKHEAD_DATA_DIR: dataDir,
      BULKHEAD_HTTP: `127.0.0.1:${ports.http}`,
      BULKHEAD_SMTP: `127.0.0.1:${ports.smtp}`,
      BULKHEAD_SMTPS: `127.0.0.1:${ports.smtps}`,
      BULKHEAD_ROUTES: `*=127.0.0.1:${farPort}`,
      BULKHEAD_ACCESS_KEY_ID: accessKeyId,
      BULKHEAD_SECRET_ACCESS_KEY: secret,
      BULKHEAD_PROVIDER_DKIM: signatures > 1 ? 'on' : 'off',
    },
  })
  const ended = new Promise<void>((done) => child.on('close', () => done()))
  const endpoint = `http://127.0.0.1:${ports.http}`
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${endpoint}/healthz`).catch(() => undefined)
    if (answer?.ok) break
    if (tries > 300 || child.exitCode !== null) throw new Error('the service does not become ready')
    await sleep(100)
  }
  const ses = new SESv2Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey: secret } })
  await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'bench' }))
  const makeTenant = async (index: number) => {
    const domain = `t${index}.example`
    await ses.send(new CreateTenantCommand({ TenantName: `t${index}` }))
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity: domain }))
    for (const resource of [`identity/${domain}`, 'configuration-set/bench'])
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
    pids: [child.pid ?? 0],
    smtpPort: ports.smtp,
    apiPort: ports.http,
    credential: { accessKeyId, secret, region, configurationSet: 'bench', smtpPassword: Buffer.concat([Buffer.of(4), smtpPassword]).toString('base64') },
    async stop() {
      child.kill('SIGTERM')
      await ended
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
