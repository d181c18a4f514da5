// A whole world for a scenario: the real service in this process, in development mode, with its far server, inbox and DNS,
// a clock that the test moves, and clients of the official kind. Everything is closed after the test, and nothing may remain.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import {
  CreateEmailIdentityCommand,
  CreateTenantCommand,
  CreateTenantResourceAssociationCommand,
  GetEmailIdentityCommand,
  type SendEmailCommandInput,
  SESv2Client,
} from '@aws-sdk/client-sesv2'
import { readSettings } from '../../src/config.ts'
import type { FarServer } from '../../src/development/far-server.ts'
import type { FarMessage } from '../../src/development/inbox.ts'
import { type Clock, systemClock } from '../../src/kit/clock.ts'
import { silentLog } from '../../src/kit/log.ts'
import type { Random } from '../../src/kit/random.ts'
import { eventSpellings } from '../../src/model/event.ts'
import type { ListEventsAnswer } from '../../src/model/own-wire.ts'
import { type Service, startService } from '../../src/service.ts'
import { callOwn } from './call-own.ts'
import { type DnsFront, startDnsFront } from './dns-front.ts'
import { startLeakCheck } from './leak-check.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { waitFor } from './wait-for.ts'

/** How a world differs from the usual one. */
export interface WorldOptions {
  /** `manual` (the usual): time stands until the test moves it. `system`: the machine's. Or one of the test's own, whose timers run. */
  readonly clock?: 'manual' | 'system' | Clock
  /** BULKHEAD_ settings on top. */
  readonly environment?: Readonly<Record<string, string>>
  readonly random?: Random
}

/** The far mail server as a test sees it. */
export interface Far {
  /** Messages that arrived for the recipient, oldest first. */
  delivered(recipient: string): readonly FarMessage[]
  /** The first message for the recipient; waits for it in real time. */
  waitForMail(recipient: string, options?: { deadlineMs?: number }): Promise<FarMessage>
  /** RCPT commands for the recipient. */
  attempts(recipient: string): number
  /** What clients did against the protocol. */
  violations(): readonly string[]
  counters(): ReturnType<FarServer['counters']>
}

/** The world. Getters answer for the service that runs now: after `restart` they are new. */
export interface World {
  readonly service: Service
  readonly ses: SESv2Client
  readonly http: { readonly host: string; readonly port: number }
  readonly smtp: { readonly host: string; readonly port: number; readonly user: string; readonly password: string; readonly ca: string }
  readonly far: Far
  /** @throws unless `clock` is `manual`. */
  readonly clock: ManualClock
  readonly dns: DnsFront
  readonly dataDir: string
  /** A call of an own operation, GET when no method is named. */
  own<T>(path: string, query?: Record<string, string>, method?: 'GET' | 'POST' | 'PUT' | 'DELETE', body?: string | Buffer): Promise<T>
  /** Event records of a message as SES writes them, in order. */
  records(messageId: string | undefined): Promise<Record<string, unknown>[]>
  /** Their types (`SEND`, `DELIVERY` …). */
  eventsOf(messageId: string | undefined): Promise<string[]>
  /** Waits until `eventsOf` holds `type`. */
  waitForEvent(messageId: string | undefined, type: string): Promise<void>
  /** Creates an identity and waits until it may send and its key may sign. */
  verifiedIdentity(name: string): Promise<void>
  /** Creates a tenant and associates the identities and configuration sets. */
  tenant(name: string, resources?: { identities?: readonly string[]; configurationSets?: readonly string[] }): Promise<void>
  /** Stops the service and starts it again on the same data. */
  restart(): Promise<void>
}

const region = 'us-east-1'
const accountId = '111122223333'

/** Starts a world that ends with the test. */
export async function startWorld(t: Pick<TestContext, 'after'>, options: WorldOptions = {}): Promise<World> {
  const checkLeaks = startLeakCheck()
  const manual = (options.clock ?? 'manual') === 'manual' ? createManualClock(Date.now()) : undefined
  const clock: Clock = typeof options.clock === 'object' ? options.clock : (manual ?? systemClock)
  const dataDir = await mkdtemp(join(tmpdir(), 'world-'))
  const dns = await startDnsFront()
  let service: Service | undefined
  let ses: SESv2Client | undefined

  const start = async () => {
    const read = readSettings({
      flags: {},
      environment: {
        BULKHEAD_DATA_DIR: dataDir,
        BULKHEAD_HTTP: '127.0.0.1:0',
        BULKHEAD_SMTP: '127.0.0.1:0',
        BULKHEAD_SMTPS: '127.0.0.1:0',
        BULKHEAD_FEEDBACK: '127.0.0.1:0',
        BULKHEAD_RESOLVER: dns.address,
        BULKHEAD_VERIFY_INTERVAL_SECONDS: manual ? '60' : '1',
        BULKHEAD_LOG_LEVEL: 'silent',
        ...options.environment,
      },
    })
    assert.ok('settings' in read, 'problems' in read ? read.problems.join('\n') : '')
    service = await startService(read.settings, { clock, log: silentLog, ...(options.random ? { random: options.random } : {}) })
    assert.ok(service.development, 'a world is in development mode')
    dns.forwardTo(service.development.dnsAddress)
    ses = sesClient({ port: service.http.port, credentials: service.credentials, now: () => clock.now() })
  }
  const stop = async () => {
    ses?.destroy()
    const closing = service?.close()
    let closed = false
    void closing?.finally(() => {
      closed = true
    })
    // A drain has a limit by the clock; time must go on for it.
    if (closing && manual) await manual.advanceUntil(() => closed, { minutesMax: 60 }).catch(() => {})
    await closing
    service = undefined
  }
  t.after(async () => {
    await stop()
    await dns.close()
    await rm(dataDir, { recursive: true, force: true })
    await checkLeaks()
    assert.equal(manual?.waiting ?? 0, 0, 'timers are left behind')
  })
  await start()

  const running = (): Service => {
    assert.ok(service, 'the service does not run')
    return service
  }
  const development = () => {
    const { development } = running()
    assert.ok(development)
    return development
  }
  const client = (): SESv2Client => {
    assert.ok(ses)
    return ses
  }
  /** Lets time go on while waiting, in whichever way this world's time goes. */
  const until = async (what: string, condition: () => unknown) => {
    if (manual) await manual.advanceUntil(condition, { minutesMax: 10 })
    else await waitFor(what, condition)
  }

  const world: World = {
    get service() {
      return running()
    },
    get ses() {
      return client()
    },
    get http() {
      return running().http
    },
    get smtp() {
      const { smtp, credentials, certificate } = running()
      return { host: smtp.host, port: smtp.port, user: credentials.accessKeyId, password: credentials.smtpPassword, ca: certificate }
    },
    get clock() {
      assert.ok(manual, 'this world runs on the machine clock')
      return manual
    },
    far: {
      delivered: (recipient) => development().inbox.list({ recipient, after: 0, limit: 10_000 }).messages,
      async waitForMail(recipient, { deadlineMs = 10_000 } = {}) {
        return waitFor(`mail for ${recipient}`, () => world.far.delivered(recipient)[0], deadlineMs)
      },
      attempts: (recipient) => development().far.attempts(recipient),
      violations: () => development().far.violations(),
      counters: () => development().far.counters(),
    },
    dns,
    dataDir,
    own: (path, query, method, body) =>
      callOwn({ ...running().http, region, credentials: running().credentials, now: () => clock.now() }, path, query, method, body),
    async records(messageId) {
      assert.ok(messageId, 'a message id')
      const answer = await world.own<ListEventsAnswer>('/bulkhead/v1/events', { MessageId: messageId })
      return answer.Events.map(({ Record }) => Record)
    },
    async eventsOf(messageId) {
      const types = new Map(Object.entries(eventSpellings).map(([type, { eventType }]) => [eventType, type]))
      return (await world.records(messageId)).map(({ eventType }) => types.get(String(eventType)) ?? String(eventType))
    },
    waitForEvent: async (messageId, type) => {
      await waitFor(`${type} of ${messageId}`, async () => (await world.eventsOf(messageId)).includes(type))
    },
    async verifiedIdentity(name) {
      await client().send(new CreateEmailIdentityCommand({ EmailIdentity: name }))
      await until(`verification of ${name}`, async () => {
        const identity = await client().send(new GetEmailIdentityCommand({ EmailIdentity: name }))
        return identity.VerifiedForSendingStatus && identity.DkimAttributes?.Status === 'SUCCESS'
      })
    },
    async tenant(name, { identities = [], configurationSets = [] } = {}) {
      await client().send(new CreateTenantCommand({ TenantName: name }))
      const arn = (type: string, resource: string) => `arn:aws:ses:${region}:${accountId}:${type}/${resource}`
      for (const ResourceArn of [...identities.map((one) => arn('identity', one)), ...configurationSets.map((one) => arn('configuration-set', one))]) {
        await client().send(new CreateTenantResourceAssociationCommand({ TenantName: name, ResourceArn }))
      }
    },
    async restart() {
      await stop()
      await start()
    },
  }
  return world
}

/** An SES client of the official SDK; `now` is the service's clock, so that signatures are not out of time. */
export function sesClient(target: { port: number; credentials: { accessKeyId: string; secretAccessKey: string }; now?: () => number }): SESv2Client {
  const client = new SESv2Client({ endpoint: `http://127.0.0.1:${target.port}`, region, credentials: target.credentials, maxAttempts: 1 })
  const { now } = target
  if (now) {
    client.middlewareStack.add(
      (next) => (request) => {
        client.config.systemClockOffset = now() - Date.now()
        return next(request)
      },
      { step: 'initialize', name: 'worldTime' },
    )
  }
  return client
}

/** The input of a small letter; `more` replaces members. */
export function letterTo(recipient: string, more: Partial<SendEmailCommandInput> = {}): SendEmailCommandInput {
  return {
    FromEmailAddress: 'Shop <news@shop.test>',
    Destination: { ToAddresses: [recipient] },
    Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Hello from the shop.\n' } } } },
    ...more,
  }
}
