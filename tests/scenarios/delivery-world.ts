// A world for the delivery road alone: the real embedded store, a clock that can jump, DNS zones as a table,
// and a far server whose every answer a test may replace.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createSecureContext, TLSSocket } from 'node:tls'
import { type DeliverySettings, type Delivery, startDelivery } from '../../src/delivery/deliver-due.ts'
import type { SendingStates } from '../../src/delivery/gate.ts'
import type { Clock } from '../../src/kit/clock.ts'
import { systemDial } from '../../src/kit/dial.ts'
import type { Dns, DnsAnswer, Mx } from '../../src/kit/dns.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import { mintMessageId } from '../../src/model/message-id.ts'
import type { LoggedEvent } from '../../src/model/event.ts'
import type { QueueEntry } from '../../src/model/message.ts'
import { openEmbeddedStore } from '../../src/storage/embedded/open-embedded-store.ts'
import type { NewQueueEntry, Store } from '../../src/storage/store.ts'

/** Real time plus a distance that `advance` adds; timers that became due fire in order. */
export interface JumpClock extends Clock {
  advance(ms: number): Promise<void>
}

export function jumpClock(): JumpClock {
  let ahead = 0
  const timers = new Set<{ at: number; fire: () => void; handle: NodeJS.Timeout }>()
  const clock: JumpClock = {
    now: () => Date.now() + ahead,
    after(delayMs, fire) {
      const timer = {
        at: clock.now() + delayMs,
        fire: () => {
          clearTimeout(timer.handle)
          if (timers.delete(timer)) fire()
        },
        handle: setTimeout(() => timer.fire(), Math.min(delayMs, 2 ** 31 - 1)),
      }
      timer.handle.unref()
      timers.add(timer)
      return {
        cancel: () => {
          clearTimeout(timer.handle)
          timers.delete(timer)
        },
      }
    },
    async advance(ms) {
      ahead += ms
      for (const timer of [...timers].filter(({ at }) => at <= clock.now()).sort((a, b) => a.at - b.at)) timer.fire()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
  return clock
}

/** One connection at the far server. */
export interface FarSession {
  readonly number: number
  readonly socket: Socket
  /** Messages taken on it. */
  messages: number
  sender: string
  recipient: string
  secure: boolean
  readonly commands: string[]
}

/** Replaces answers: a string is sent as it is, undefined keeps the ordinary answer, null says nothing. */
export interface FarScript {
  greeting?: (session: FarSession) => string | undefined | null
  command?: (verb: string, line: string, session: FarSession) => string | undefined | null
  message?: (text: string, session: FarSession) => string | undefined | null
  capabilities?: string[]
  /** A slow server: every message is answered so late. */
  messageDelayMs?: number
  tls?: { cert: string; key: string }
}

export interface Far {
  readonly port: number
  readonly received: { text: string; sender: string; recipient: string; session: number; secure: boolean }[]
  readonly sessions: FarSession[]
  close(): Promise<void>
}

/** @param at where it listens; a free loopback port when left out. */
export async function startFar(script: FarScript = {}, at: { host: string; port: number } = { host: '127.0.0.1', port: 0 }): Promise<Far> {
  const received: Far['received'] = []
  const sessions: FarSession[] = []
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, (raw) => {
    open.add(raw)
    raw.on('close', () => open.delete(raw))
    let socket: Socket = raw
    const session: FarSession = { number: sessions.length, socket: raw, messages: 0, sender: '', recipient: '', secure: false, commands: [] }
    sessions.push(session)
    const say = (text: string | null) => {
      if (text !== null && !socket.destroyed) socket.write(text, 'latin1')
    }
    let held = ''
    let inData = false
    const listen = (from: Socket) => {
      from.on('error', () => {})
      from.on('data', (chunk) => {
        held += chunk.toString('latin1')
        for (;;) {
          if (inData) {
            const whole = `\r\n${held}`
            const end = whole.indexOf('\r\n.\r\n')
            if (end < 0) return
            const text = whole.slice(2, end + 2).replace(/(^|\r\n)\.\./g, '$1.')
            held = whole.slice(end + 5)
            inData = false
            // A lone dot behind refused recipients is no message.
            const answer = text === '' ? '554 5.5.1 No valid recipients\r\n' : script.message?.(text, session)
            if (answer === undefined || answer?.startsWith('250')) {
              received.push({ text, sender: session.sender, recipient: session.recipient, session: session.number, secure: session.secure })
              session.messages++
            }
            const reply = answer === undefined ? '250 2.0.0 Taken\r\n' : answer
            if (script.messageDelayMs === undefined) say(reply)
            else setTimeout(() => say(reply), script.messageDelayMs)
            continue
          }
          const end = held.indexOf('\r\n')
          if (end < 0) return
          const line = held.slice(0, end)
          held = held.slice(end + 2)
          session.commands.push(line)
          const verb = (line.split(' ')[0] ?? '').toUpperCase()
          if (verb === 'MAIL') session.sender = /<(.*?)>/.exec(line)?.[1] ?? ''
          if (verb === 'RCPT') session.recipient = /<(.*?)>/.exec(line)?.[1] ?? ''
          const own = script.command?.(verb, line, session)
          if (own !== undefined) {
            if (verb === 'DATA' && own?.startsWith('354')) inData = true
            say(own)
            continue
          }
          if (verb === 'EHLO') {
            const lines = ['far.test', ...(script.capabilities ?? ['PIPELINING', 'SIZE 1000000']), ...(script.tls && !session.secure ? ['STARTTLS'] : [])]
            say(lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}\r\n`).join(''))
          } else if (verb === 'DATA') {
            inData = true
            say('354 Go on\r\n')
          } else if (verb === 'STARTTLS' && script.tls) {
            say('220 Ready\r\n')
            raw.removeAllListeners('data')
            held = ''
            const secured = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(script.tls) })
            socket = secured
            session.secure = true
            listen(secured)
            return
          } else if (verb === 'QUIT') {
            say('221 Bye\r\n')
            socket.end()
            return
          } else say('250 2.0.0 Ok\r\n')
        }
      })
    }
    listen(raw)
    const greeting = script.greeting?.(session)
    say(greeting === undefined ? '220 far.test ESMTP\r\n' : greeting)
  })
  server.listen(at.port, at.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    received,
    sessions,
    async close() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** DNS as a table; a name that is not there does not exist. */
export interface Zone {
  mx?: Record<string, readonly Mx[] | 'fail'>
  a?: Record<string, readonly string[]>
}

function zoneDns(zone: Zone): Dns {
  const absent = { kind: 'absent', nameExists: false } as const
  return {
    async mx(domain): Promise<DnsAnswer<Mx>> {
      const found = zone.mx?.[domain]
      if (found === 'fail') return { kind: 'failed', code: 'ESERVFAIL' }
      if (found) return { kind: 'records', records: found }
      return zone.a?.[domain] ? { kind: 'absent', nameExists: true } : absent
    },
    async ipv4(host): Promise<DnsAnswer<string>> {
      const found = zone.a?.[host]
      return found ? { kind: 'records', records: found } : absent
    },
    ipv6: async () => absent,
    txt: async () => absent,
    cname: async () => absent,
  }
}

export const openStates: SendingStates = {
  account: { sendingEnabled: true, suppressedReasons: [], dedicatedIpAutoWarmup: true },
  configurationSet: undefined,
  tenant: undefined,
}

export interface DeliveryWorld {
  readonly store: Store
  readonly clock: JumpClock
  readonly delivery: Delivery
  readonly sealer: ReturnType<typeof createSealer>
  /** Accepts a message for one recipient; `leased` hands it over. Answers its id. */
  send(
    recipient: string,
    options?: { tenantName?: string; identityName?: string; text?: string; leased?: boolean; lifeMs?: number; configurationSetName?: string; bulk?: boolean },
  ): Promise<string>
  events(messageId?: string): Promise<LoggedEvent[]>
  queue(): Promise<QueueEntry[]>
  /** Waits for a condition; with `advanceMs` the clock jumps so far at each look. */
  until(condition: () => boolean | Promise<boolean>, options?: { advanceMs?: number; looksMax?: number }): Promise<void>
  cleanUp(work: () => Promise<void> | void): void
}

/** @param settings `dataRoot`: where the store is made; the temporary directory when left out. */
export async function startDeliveryWorld(
  t: TestContext,
  settings: Partial<DeliverySettings> & { zone?: Zone; dataRoot?: string } = {},
): Promise<DeliveryWorld> {
  const { dataRoot = tmpdir() } = settings
  const dataDir = mkdtempSync(join(dataRoot, 'bulkhead-delivery-'))
  const clock = jumpClock()
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  const sealer = createSealer(Buffer.alloc(32, 9), systemRandom)
  const { zone, dataRoot: _, ...rest } = settings
  const delivery = startDelivery({
    store,
    clock,
    random: systemRandom,
    log: silentLog,
    metrics: createMetrics(),
    home: { region: 'us-east-1', accountId: '111122223333' },
    hostname: 'mail.bulkhead.test',
    dns: zoneDns(zone ?? {}),
    dial: systemDial,
    routes: new Map(),
    egress: [],
    allowPrivate: false,
    sealer,
    states: async () => openStates,
    signing: { workers: 2 },
    ...rest,
  })
  const cleanUps: (() => Promise<void> | void)[] = []
  t.after(async () => {
    await delivery.close(2_000)
    for (const work of cleanUps) await work()
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const world: DeliveryWorld = {
    store,
    clock,
    delivery,
    sealer,
    async send(
      recipient,
      { tenantName = 'acme', identityName = 'acme.test', text = 'Hello\r\n', leased = true, lifeMs = 50_400_000, configurationSetName = '', bulk } = {},
    ) {
      const now = clock.now()
      const messageId = mintMessageId(now, systemRandom.uuid())
      const bytes = Buffer.from(
        `From: a@acme.test\r\nTo: ${recipient}\r\nSubject: Test\r\nMessage-ID: <${messageId}@mail.bulkhead.test>\r\n\r\n${text}`,
        'latin1',
      )
      const entry: NewQueueEntry = {
        id: store.mintQueueId(),
        messageId,
        recipientIndex: 0,
        recipient,
        domain: recipient.slice(recipient.indexOf('@') + 1),
        tenantName,
        configurationSetName,
        identityName,
        acceptedAt: now,
        dueAt: now,
        expiresAt: now + lifeMs,
        attempts: 0,
        lastReply: '',
        ...(bulk === undefined ? {} : { bulk }),
      }
      const mail = {
        timestamp: new Date(now).toISOString(),
        source: 'a@acme.test',
        sourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/acme.test',
        sendingAccountId: '111122223333',
        messageId,
        destination: [recipient],
        headersTruncated: false,
        headers: [],
        commonHeaders: { messageId },
        tags: {},
      }
      const result = await store.commit([{ type: 'accept', message: { messageId, bytes, mail }, entries: [entry], leased }])
      assert.ok(result.committed)
      const body = result.bodies[0]
      assert.ok(body)
      if (leased) delivery.take([{ ...entry, body }], bytes)
      else delivery.wake()
      return messageId
    },
    events: (messageId) => store.events({ after: 0, limit: 1000, ...(messageId === undefined ? {} : { messageId }) }),
    queue: async () => (await store.listQueue({ limit: 1000 })).map(({ entry }) => entry),
    async until(condition, { advanceMs = 0, looksMax = 400 } = {}) {
      for (let look = 0; look < looksMax; look++) {
        if (await condition()) return
        if (advanceMs > 0) await clock.advance(advanceMs)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      assert.fail('the condition did not come true in time')
    },
    cleanUp: (work) => cleanUps.push(work),
  }
  return world
}
