// A running HTTP door over the real embedded engine and a stub intake, the SDK's own client for it, and raw sockets.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { ensureRootKey } from '../../src/access/root-key.ts'
import type { AnyOperation, Parts } from '../../src/api/operation.ts'
import type { OwnExtras, OwnOperation } from '../../src/api/own-operation.ts'
import type { Page } from '../../src/api/page.ts'
import { createHttpDoor } from '../../src/api/server.ts'
import * as ownOperations from '../../src/api/services/own/index.ts'
import * as sesOperations from '../../src/api/services/ses/index.ts'
import { TemplateRenderer } from '../../src/intake/template-renderer.ts'
import { systemClock } from '../../src/kit/clock.ts'
import type { Log } from '../../src/kit/log.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { createSealer } from '../../src/kit/seal.ts'
import type { Submission } from '../../src/model/message.ts'
import { refuse } from '../../src/model/refusal.ts'
import { openEmbeddedStore } from '../../src/storage/engines.ts'

export const home = { region: 'us-east-1', accountId: '111122223333' }
export const credentials = { accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'not/a+real/secret/of/anybody/0123456789ab' }

/** Starts a door on a free port of the loopback; everything is closed when the test ends. */
export async function startHttpDoor(
  t: Pick<TestContext, 'after'>,
  options: {
    operations?: Record<string, AnyOperation>
    own?: Record<string, OwnOperation>
    pages?: Page[]
    extras?: Partial<OwnExtras>
    tls?: { cert: string; key: string }
    log?: Log
    timeouts?: { headersMs: number; requestMs: number; checkMs: number; idleMs?: number }
  } = {},
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'http-door-'))
  const log = options.log ?? silentLog
  const [clock, random, metrics] = [systemClock, systemRandom, createMetrics()]
  const sealer = createSealer(Buffer.alloc(32, 7), random)
  const store = await openEmbeddedStore({ dataDir, clock, log })
  await ensureRootKey({ store, sealer, random, clock, home }, credentials)
  const submissions: Submission[] = []
  const templates = new TemplateRenderer({ clock, log })
  const parts: Parts & OwnExtras = {
    store,
    clock,
    random,
    home,
    sealer,
    hostname: 'mail.bulkhead.test',
    async acceptMessage(submission) {
      submissions.push(submission)
      return { messageId: `message-${submissions.length}` }
    },
    acceptBulk: async () => refuse('ServiceUnavailable'),
    templates,
    verificationLink: ({ name }) => `https://mail.bulkhead.test/verify/${name}`,
    verifySoon() {},
    egress: [],
    egressNames: [],
    objects: { judge: () => undefined, linkTo: async (place) => `https://mail.bulkhead.test/${place}` },
    wakeJobs() {},
    sentLast24Hours: () => 0,
    accountDefaults: { startsInSandbox: false, max24HourSend: -1, maxSendRate: -1 },
    countEvents: async () => {},
    // Nothing is known of any address here.
    judgeAddress: async () => ({
      isValid: 'MEDIUM',
      evaluations: {
        hasValidSyntax: 'MEDIUM',
        hasValidDnsRecords: 'MEDIUM',
        mailboxExists: 'MEDIUM',
        isRoleAddress: 'MEDIUM',
        isDisposable: 'MEDIUM',
        isRandomInput: 'MEDIUM',
      },
    }),
    statusChanged() {},
    explainQueue: async (_entry, leased) => ({ state: leased ? 'ACTIVE' : 'DUE', reason: 'the road says so' }),
    explainTenant: () => undefined,
    egressInFull: [],
    warmupCaps: 'none',
    warmupOf: async () => [],
    explainShaping: async () => refuse('ServiceUnavailable') as never,
    importFeedback: async () => refuse('ServiceUnavailable') as never,
    ...options.extras,
  }
  const door = createHttpDoor({
    store,
    clock,
    random,
    log,
    metrics,
    home,
    sealer,
    operations: { ...(sesOperations as Record<string, AnyOperation>), ...options.operations },
    parts,
    ownOperations: { ...ownOperations, ...options.own },
    pages: options.pages ?? [],
    ...(options.tls ? { tls: options.tls } : {}),
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
  })
  const { port } = await door.listen('127.0.0.1', 0)
  const endpoint = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const client = new SESv2Client({ endpoint, region: home.region, credentials, maxAttempts: 1 })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= door.close())
  t.after(async () => {
    client.destroy()
    await close()
    await templates.close()
    await store.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { door, port, endpoint, client, store, sealer, metrics, parts, submissions, close }
}

/** Writes `bytes` to the port and resolves with everything that comes back until the other side ends or `waitMs` pass. */
export function speak(port: number, bytes: string | Uint8Array, { waitMs = 5_000, end = false } = {}): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => (end ? socket.end(bytes) : socket.write(bytes)))
    const done = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    const timer = setTimeout(done, waitMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', done).on('error', done).on('close', done)
  })
}
