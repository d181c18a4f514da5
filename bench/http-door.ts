// CPU that the HTTP door itself costs for one SendEmail with a 10 KB body: TLS-less socket, parsing, signature, protocol, an
// operation that does nothing, answer. The caller runs in another process and repeats signed bytes. Goal: 110 µs or less.
import { createHmac, hash } from 'node:crypto'
import { fork } from 'node:child_process'
import { connect } from 'node:net'
import { accessKeys } from '../src/access/access-keys.ts'
import type { Parts } from '../src/api/operation.ts'
import type { OwnExtras } from '../src/api/own-operation.ts'
import { createHttpDoor } from '../src/api/server.ts'
import { systemClock as clock } from '../src/kit/clock.ts'
import { silentLog as log } from '../src/kit/log.ts'
import { createMetrics } from '../src/kit/metrics.ts'
import { systemRandom as random } from '../src/kit/random.ts'
import { createSealer } from '../src/kit/seal.ts'
import type { Store } from '../src/storage/store.ts'

const secret = 'a-secret-of-nobody'
const connections = 8
const rounds = Number(process.argv[2] ?? 20_000)

if (process.send) repeat(Number(process.argv[3]))
else await measure()

async function measure(): Promise<void> {
  const home = { region: 'us-east-1', accountId: '111122223333' }
  const sealer = createSealer(Buffer.alloc(32, 1), random)
  const record = {
    accessKeyId: 'AKIDBENCH',
    sealedSecret: sealer.seal(secret),
    principalArn: 'arn:aws:iam::111122223333:root',
    principalName: 'root',
    active: true,
    createdAt: 0,
  }
  const stored = { key: record.accessKeyId, value: record, version: 1 }
  const store = { get: async (collection: object) => (collection === accessKeys ? stored : undefined) } as unknown as Store
  const parts = { store, clock, random, home, sealer } as unknown as Parts & OwnExtras
  const sendEmail = async () => ({ MessageId: '0100019a-0000-4000-8000-000000000000-000000' })
  const door = createHttpDoor({
    store,
    clock,
    random,
    log,
    metrics: createMetrics(),
    home,
    sealer,
    operations: { sendEmail },
    parts,
    ownOperations: {},
    pages: [],
  })
  const { port } = await door.listen('127.0.0.1', 0)
  for (const [name, count] of [
    ['warm-up', rounds / 4],
    ['measured', rounds],
  ] as const) {
    const [cpu, startedAt] = [process.cpuUsage(), performance.now()]
    await new Promise((done, fail) => {
      const caller = fork(import.meta.filename, [String(count), String(port)])
      caller.on('exit', (code) => (code === 0 ? done(undefined) : fail(new Error('the caller failed'))))
    })
    const { user, system } = process.cpuUsage(cpu)
    const perSecond = count / ((performance.now() - startedAt) / 1_000)
    console.log(`${name}: ${((user + system) / count).toFixed(1)} µs of CPU for each request (${perSecond.toFixed(0)} a second with the caller's start-up)`)
  }
  await door.close()
}

function repeat(port: number): void {
  const bytes = signedRequest(port)
  let left = rounds
  for (let number = 0; number < connections; number++) {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => next())
    const next = () => (left-- > 0 ? socket.write(bytes) : socket.end())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.endsWith('"}')) return
      if (!text.startsWith('HTTP/1.1 200')) throw new Error(text)
      text = ''
      next()
    })
  }
}

function signedRequest(port: number): Buffer {
  const body = JSON.stringify({
    FromEmailAddress: 'a@b.test',
    Destination: { ToAddresses: ['c@d.test'] },
    TenantName: 'acme',
    Content: { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'x'.repeat(10_000) } } } },
  })
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '')
  const values: [string, string][] = [
    ['amz-sdk-invocation-id', 'b3a2e0c4-2f4e-4c2b-a0e0-1f2d3c4b5a69'],
    ['amz-sdk-request', 'attempt=1; max=3'],
    ['content-length', String(body.length)],
    ['content-type', 'application/json'],
    ['host', `127.0.0.1:${port}`],
    ['x-amz-content-sha256', hash('sha256', body, 'hex')],
    ['x-amz-date', timestamp],
    ['x-amz-user-agent', 'aws-sdk-js/3.1169.0'],
  ]
  const names = values.map(([name]) => name).join(';')
  const canonical = `POST\n/v2/email/outbound-emails\n\n${values.map(([name, value]) => `${name}:${value}\n`).join('')}\n${names}\n${hash('sha256', body, 'hex')}`
  const scope = `${timestamp.slice(0, 8)}/us-east-1/ses/aws4_request`
  const key = scope.split('/').reduce<Buffer | string>((made, part) => createHmac('sha256', made).update(part).digest(), `AWS4${secret}`)
  const signature = createHmac('sha256', key)
    .update(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${hash('sha256', canonical, 'hex')}`)
    .digest('hex')
  const fields = [...values, ['authorization', `AWS4-HMAC-SHA256 Credential=AKIDBENCH/${scope}, SignedHeaders=${names}, Signature=${signature}`]]
  return Buffer.from(`POST /v2/email/outbound-emails HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}
