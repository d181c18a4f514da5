// Ten thousand random and malformed requests, signed and not: no 500, no crash, no hang, no growth.
import assert from 'node:assert/strict'
import { Agent, request as httpRequest } from 'node:http'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { readServiceSchema, type Shape } from '../../src/api/protocols/schema.ts'
import type { Log } from '../../src/kit/log.ts'
import { silentLog } from '../../src/kit/log.ts'
import { speak, startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const { operations } = readServiceSchema()

interface Wild {
  method: string
  path: string
  query: Record<string, string>
  body: string | Uint8Array
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('', 'a', 'acme', 'a@b.test', 'arn:aws:ses:us-east-1:111122223333:tenant/acme/tn-1', 'ENABLED', 'x'.repeat(300)),
)
const label = text.map((value) => encodeURIComponent(value.toWellFormed()) || '%20')

// JSON of the right shape most of the time, so that the operations themselves are reached.
function jsonOf(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  const right = (): fc.Arbitrary<unknown> => {
    switch (shape.kind) {
      case 'string':
        return text
      case 'number':
        return fc.oneof(fc.integer({ min: -2, max: 200 }), fc.double())
      case 'boolean':
        return fc.boolean()
      case 'blob':
        return fc.base64String({ maxLength: 200 })
      case 'timestamp':
        return fc.oneof(fc.double(), fc.integer())
      case 'list':
        return depth > 5 ? fc.constant([]) : fc.array(jsonOf(shape.element, depth + 1), { maxLength: 3 })
      case 'map':
        return fc.dictionary(text, jsonOf(shape.value, depth + 1), { maxKeys: 2 })
      default:
        return depth > 5
          ? fc.constant({})
          : fc.record(Object.fromEntries(shape.members.map((member) => [member.name, jsonOf(member.shape, depth + 1)])), { requiredKeys: [] })
    }
  }
  return fc.oneof({ weight: 12, arbitrary: right() }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
}

const signedWild: fc.Arbitrary<Wild> = fc.oneof(
  ...operations.map((operation) => {
    const labels = (operation.path.match(/\{\w+\}/g) ?? []).length
    const body: fc.Arbitrary<string | Uint8Array> = fc.oneof(
      { weight: 6, arbitrary: jsonOf({ ...operation.input, kind: 'structure' }).map((value) => JSON.stringify(value) ?? '') },
      { weight: 1, arbitrary: fc.json() },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    )
    return fc.record({
      method: fc.constant(operation.method),
      path: fc.array(label, { minLength: labels, maxLength: labels }).map((values) => operation.path.replace(/\{\w+\}/g, () => values.shift() ?? 'x')),
      query: fc.dictionary(
        fc.constantFrom('PageSize', 'NextToken', 'ResourceArn', 'TagKeys', 'StartDate', 'x'),
        text.map((value) => value.toWellFormed()),
        { maxKeys: 3 },
      ),
      body: operation.method === 'GET' ? fc.constant('') : body,
    })
  }),
  fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.oneof(
      fc.constantFrom('/bulkhead/v1/queue', '/bulkhead/v1/events', '/bulkhead/v1/inbox'),
      label.map((value) => `/bulkhead/v1/inbox/${value}`),
    ),
    query: fc.dictionary(
      fc.constantFrom('PageSize', 'NextToken', 'After', 'Types', 'Limit', 'TenantName', 'MessageId'),
      text.map((value) => value.toWellFormed()),
      { maxKeys: 4 },
    ),
    body: fc.constant(''),
  }),
)

test('signed requests with any content are answered, never with 500', { timeout: 120_000 }, async (t) => {
  const faults: unknown[] = []
  const log: Log = { ...silentLog, error: (facts) => faults.push(facts) }
  const { port, submissions } = await startHttpDoor(t, { log })
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  t.after(() => agent.destroy())
  const statuses = new Map<number, number>()
  const ask = async ({ method, path, query, body }: Wild): Promise<void> => {
    const headers = await signedHeaders({ method, host: `127.0.0.1:${port}`, path, query, body })
    const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    const { status, type, answer } = await exchange(agent, port, method, pairs.length > 0 ? `${path}?${pairs.join('&')}` : path, headers, body)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    assert.ok(status !== 500 && status < 504, `${status} ${method} ${path}`)
    assert.doesNotMatch(type ?? '', /Signature|Authentication/, `${method} ${path} ${JSON.stringify(query)}`)
    assert.equal(typeof JSON.parse(answer), 'object')
    if (status >= 400) assert.ok(type, answer)
  }
  // Drawn, not shrunk: a failure names its own request.
  const flood = async (batches: number, seed: number) => {
    for (let batch = 0; batch < batches; batch++) {
      await Promise.all(fc.sample(signedWild, { numRuns: 50, seed: seed + batch }).map(ask))
      submissions.length = 0
    }
  }
  const seed = Date.now() & 0xffffff
  t.diagnostic(`seed ${seed}`)
  await flood(40, seed)
  const before = heapBytes()
  await flood(120, seed + 40)
  const growth = heapBytes() - before
  assert.deepEqual(faults, [])
  assert.ok((statuses.get(200) ?? 0) > 100, `operations were reached: ${JSON.stringify([...statuses])}`)
  assert.ok(growth < 24 * 1024 * 1024, `the heap grew by ${growth} bytes`)
})

test('raw bytes on the port are answered in AWS’s form or cut off', { timeout: 120_000 }, async (t) => {
  const faults: unknown[] = []
  const { port, client } = await startHttpDoor(t, { log: { ...silentLog, error: (facts) => faults.push(facts) } })
  const good =
    'POST /v2/email/tenants HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nAuthorization: AWS4-HMAC-SHA256 Credential=A/B/C/D/E, SignedHeaders=host, Signature=0\r\n\r\n{}'
  const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }).map((changes) => {
    const bytes = Buffer.from(good, 'latin1')
    for (const [at, value] of changes) bytes[at] = value
    return bytes
  })
  const raw = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 400 }),
    mutated,
    mutated,
    fc.nat(good.length).map((end) => Buffer.from(good.slice(0, end))),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(raw, { minLength: 40, maxLength: 40 }), async (all) => {
      const answers = await Promise.all(all.map((bytes) => speak(port, bytes, { end: true, waitMs: 10_000 })))
      for (const answer of answers) {
        if (answer === '') continue // Cut off: nothing that deserves an answer arrived.
        assert.match(answer, /^HTTP\/1\.1 (400|403|404|408|413|501) /)
        assert.match(answer, /x-amzn-RequestId: /)
      }
    }),
    { numRuns: 50, endOnFailure: true },
  )
  assert.deepEqual(faults, [])
  assert.ok(await client.config.credentials())
})

function heapBytes(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed
}

function exchange(agent: Agent, port: number, method: string, path: string, headers: Record<string, string>, body: string | Uint8Array) {
  const length = { 'content-length': String(Buffer.from(body as string).length) }
  return new Promise<{ status: number; type: string | undefined; answer: string }>((resolve, reject) => {
    const asked = httpRequest({ agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...length }, timeout: 20_000 }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: String(response.headers['x-amzn-errortype'] ?? '') || undefined,
          answer: Buffer.concat(chunks).toString(),
        }),
      )
    })
    asked.on('timeout', () => asked.destroy(new Error(`no answer: ${method} ${path}`))).on('error', reject)
    asked.end(body)
  })
}
