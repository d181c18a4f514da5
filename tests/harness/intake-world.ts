// A store on disk, the intake road and a hand-over that keeps what it gets: what scenarios about acceptance run in.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import PostalMime from 'postal-mime'
import { createIntake, type Intake } from '../../src/intake/create-intake.ts'
import type { IntakeLimits } from '../../src/intake/limits.ts'
import { systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { sesArn } from '../../src/model/arn.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import type { Attachment, QueueEntry, SimpleContent, Submission } from '../../src/model/message.ts'
import { isRefusal, type Refusal } from '../../src/model/refusal.ts'
import { accounts, readAccount } from '../../src/resources/account.ts'
import { associationsByTenant } from '../../src/resources/associations.ts'
import { type ConfigurationSetRecord, configurationSets } from '../../src/resources/configuration-sets.ts'
import { type IdentityRecord, identities } from '../../src/resources/identities.ts'
import { type TenantRecord, tenants } from '../../src/resources/tenants.ts'
import { openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import { type Collection, compositeKey, type Store } from '../../src/storage/store.ts'

export const home = { region: 'us-east-1', accountId: '111122223333' }

/** What delivery got from memory, with the bytes. */
export interface HandedOver {
  readonly entry: QueueEntry
  readonly text: string
}

export interface IntakeWorld {
  readonly store: Store
  readonly intake: Intake
  readonly taken: HandedOver[]
  /** How often delivery was woken instead. */
  wakes: number
  room: boolean
  identity(name: string, more?: Partial<IdentityRecord>): Promise<void>
  tenant(name: string, more?: Partial<TenantRecord>): Promise<void>
  configurationSet(name: string, more?: Partial<ConfigurationSetRecord>): Promise<void>
  associate(tenantName: string, type: 'identity' | 'configuration-set', name: string): Promise<void>
  pauseAccount(): Promise<void>
  /** Sends and expects an id. */
  accepted(submission: Submission): Promise<string>
  /** Sends and expects a no. */
  refused(submission: Submission): Promise<Refusal>
  events(messageId: string): Promise<LoggedEvent[]>
}

/** Opens all of it; everything is closed after the test. */
export async function openIntakeWorld(t: TestContext, limits: Partial<IntakeLimits> = {}): Promise<IntakeWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'intake-'))
  const store = await openEmbeddedStore({ dataDir, clock: systemClock, log: silentLog })
  t.after(async () => {
    await intake.close()
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const taken: HandedOver[] = []
  const handOver = {
    hasRoom: () => world.room,
    take: (entries: readonly QueueEntry[], bytes: Buffer) => {
      for (const entry of entries) taken.push({ entry, text: bytes.toString('latin1') })
    },
    wake: () => {
      world.wakes++
    },
  }
  const intake = createIntake({
    store,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    home,
    hostname: 'mail.provider.test',
    handOver,
    unsubscribeUrl: () => 'https://mail.provider.test/unsubscribe/token',
    limits,
  })
  const put = async (collection: Collection<object>, key: string, value: object) => {
    assert.ok((await store.commit([{ type: 'put', collection, key, value }])).committed)
  }
  const world: IntakeWorld = {
    store,
    intake,
    taken,
    wakes: 0,
    room: true,
    identity: (name, more = {}) => put(identities, name, { ...plainIdentity(name), ...more }),
    tenant: (name, more = {}) => put(tenants, name, { ...plainTenant(name), ...more }),
    configurationSet: (name, more = {}) => put(configurationSets, name, { ...plainSet(name), ...more }),
    associate(tenantName, type, name) {
      const resourceArn = sesArn(home, type, name)
      return put(associationsByTenant, compositeKey(tenantName, resourceArn), { tenantName, tenantId: '', resourceArn, associatedAt: 0 })
    },
    async pauseAccount() {
      await put(accounts, 'account', { ...(await readAccount(store)).value, sendingEnabled: false })
    },
    async accepted(submission) {
      const answer = await intake.acceptMessage(submission)
      if (isRefusal(answer)) throw new Error(`refused: ${answer.name}: ${answer.message}`)
      return answer.messageId
    },
    async refused(submission) {
      const answer = await intake.acceptMessage(submission)
      assert.ok(isRefusal(answer), 'accepted what must be refused')
      return answer
    },
    events: (messageId) => store.events({ after: 0, limit: 100, messageId }),
  }
  return world
}

/** A message as an independent reader sees it. */
export function readMail(text: string) {
  return PostalMime.parse(Buffer.from(text, 'latin1'))
}

/** A request of the account's root by the API, with Simple content. */
export function simpleRequest(more: Partial<Submission> = {}, content: Partial<SimpleContent> = {}): Submission {
  return {
    principal: { arn: 'arn:aws:iam::111122223333:root', name: 'root', accessKeyId: 'AKIDEXAMPLE' },
    door: 'api',
    operation: 'SendEmail',
    sourceIp: '192.0.2.7',
    sourceTlsVersion: 'TLSv1.3',
    from: 'Acme <hello@acme.test>',
    tenantName: undefined,
    configurationSetName: undefined,
    tags: undefined,
    destination: { to: ['ann@far.test'], cc: [], bcc: [] },
    envelopeRecipients: undefined,
    replyTo: [],
    content: {
      kind: 'simple',
      subject: { data: 'Hello', charset: undefined },
      text: { data: 'Body', charset: undefined },
      html: undefined,
      headers: [],
      attachments: [],
      ...content,
    },
    ...more,
  }
}

/** The same with MIME bytes; lines are joined with CRLF. */
export function rawRequest(lines: readonly string[] | Buffer, more: Partial<Submission> = {}): Submission {
  const bytes = Buffer.isBuffer(lines) ? lines : Buffer.from(`${(lines as readonly string[]).join('\r\n')}\r\n`)
  return simpleRequest({ from: undefined, destination: undefined, content: { kind: 'raw', bytes }, ...more })
}

/** SMTP: MIME bytes and an envelope. */
export function smtpRequest(lines: readonly string[], more: Partial<Submission> = {}): Submission {
  return rawRequest(lines, { door: 'smtp', operation: 'SendRawEmail', envelopeSender: 'hello@acme.test', envelopeRecipients: ['ann@far.test'], ...more })
}

export function attachment(more: Partial<Attachment> = {}): Attachment {
  return {
    content: Buffer.from('x'),
    fileName: 'a.txt',
    contentType: undefined,
    disposition: 'ATTACHMENT',
    description: undefined,
    contentId: undefined,
    transferEncoding: undefined,
    ...more,
  }
}

function plainIdentity(name: string): IdentityRecord {
  return {
    name,
    kind: name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN',
    createdAt: 0,
    tags: [],
    configurationSetName: undefined,
    feedbackForwarding: true,
    mailFrom: undefined,
    verification: 'SUCCESS',
    verificationStartedAt: 0,
    nextCheckAt: 0,
    lastCheckedAt: undefined,
    lastSuccessAt: undefined,
    lastError: undefined,
    dkim: undefined,
  }
}

function plainTenant(name: string): TenantRecord {
  return {
    name,
    id: `tn-${name.padEnd(30, '0')}`,
    createdAt: 0,
    tags: [],
    suppression: undefined,
    policy: 'standard',
    customerManaged: undefined,
    serviceManaged: undefined,
    impact: 'NONE',
  }
}

function plainSet(name: string): ConfigurationSetRecord {
  return { name, createdAt: 0, tags: [], sendingEnabled: true, delivery: undefined, tracking: undefined, reputation: undefined, suppression: undefined }
}
