// The HTTP door as the real SDK client and its exceptions see it, and what it says to everybody else.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { compileRestJson } from '../../src/api/protocols/rest-json.ts'
import { notOffered } from '../../src/api/services/ses/not-offered.ts'
import * as operations from '../../src/api/services/ses/index.ts'
import { pause, systemClock } from '../../src/kit/clock.ts'
import type { Log } from '../../src/kit/log.ts'
import { silentLog } from '../../src/kit/log.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import { refuse } from '../../src/model/refusal.ts'
import { StoreUnavailable } from '../../src/storage/store.ts'
import { speak, startHttpDoor } from '../harness/http-door.ts'
import { signedHeaders } from '../harness/sign-request.ts'
import { waitFor } from '../harness/wait-for.ts'

// Notes the value and answers an empty output.
function note(list: unknown[], value: unknown): object {
  list.push(value)
  return {}
}

const tenantArn = 'arn:aws:ses:us-east-1:111122223333:tenant/acme/tn-1'

test('offered and not offered operations are all of the client, without overlap', () => {
  const all = compileRestJson().map(({ name }) => name)
  const offered = Object.keys(operations).map((name) => name.charAt(0).toUpperCase() + name.slice(1))
  const refused = notOffered.map(({ operation }) => operation)
  assert.deepEqual([...offered, ...refused].sort(), all.sort())
  assert.deepEqual(refused, refused.toSorted())
  for (const { operation, reason } of notOffered) assert.ok(reason.length > 0, operation)
})

test('answers and refusals reach the SDK as its own types', async (t) => {
  const seen: unknown[] = []
  const { client } = await startHttpDoor(t, {
    operations: {
      async createTenant(input: never, call) {
        seen.push(input, call)
        return { TenantName: 'acme', CreatedTimestamp: new Date(1_754_438_400_123), SendingStatus: 'ENABLED', SuppressionAttributes: null }
      },
      getTenant: async () => refuse('NotFound', { text: 'The requested tenant <acme> does not exist.' }),
      sendEmail: async () => refuse('TenantNotAssociated', { arns: tenantArn }),
      deleteTenant: async () => ({}),
    },
  })
  const made = await client.send(new sdk.CreateTenantCommand({ TenantName: 'acme', Tags: [{ Key: 'plan', Value: 'gold' }] }))
  assert.equal(made.TenantName, 'acme')
  assert.equal(made.CreatedTimestamp?.getTime(), 1_754_438_400_123)
  assert.match(made.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/)
  assert.deepEqual(seen[0], { TenantName: 'acme', Tags: [{ Key: 'plan', Value: 'gold' }] })
  assert.equal((seen[1] as { requestId: string }).requestId, made.$metadata.requestId)
  assert.equal((seen[1] as { sourceIp: string }).sourceIp, '127.0.0.1')
  assert.deepEqual((await client.send(new sdk.DeleteTenantCommand({ TenantName: 'a' }))).$metadata.httpStatusCode, 200)
  await assert.rejects(client.send(new sdk.GetTenantCommand({ TenantName: 'acme' })), (fault) => {
    assert.ok(fault instanceof sdk.NotFoundException)
    assert.equal(fault.message, 'The requested tenant <acme> does not exist.')
    assert.equal(fault.$metadata.httpStatusCode, 404)
    return true
  })
  await assert.rejects(client.send(new sdk.SendEmailCommand({ Content: {} })), (fault: Error) => {
    assert.equal(fault.name, 'AccessDeniedException')
    assert.equal(fault.message, `Tenant not associated with resources [${tenantArn}].`)
    return true
  })
  await assert.rejects(client.send(new sdk.CreateTenantCommand({ TenantName: '' })), (fault) => fault instanceof sdk.BadRequestException)
})

test('every operation of the client comes to its own handler, and every other one is refused with a typed error', async (t) => {
  const called: string[] = []
  const all = compileRestJson().map(({ name }) => name)
  const stand = Object.fromEntries(all.map((name) => [name.charAt(0).toLowerCase() + name.slice(1), async () => note(called, name)]))
  const { client } = await startHttpDoor(t, { operations: stand })
  const commands = sdk as unknown as Record<string, new (input: object) => never>
  // Values that fit every label, so that the client can build a path.
  const labels = { ReputationEntityType: 'RESOURCE', ReputationEntityReference: tenantArn }
  for (const name of all) {
    const names =
      'ConfigurationSetName EventDestinationName ContactListName EmailAddress EmailIdentity PolicyName TemplateName PoolName Ip JobId ReportId CampaignId Domain SubscribedDomain MessageId EndpointName'
    const input = {
      ...Object.fromEntries(names.split(' ').map((label) => [label, 'a/b c%2F:é'])),
      ...labels,
      ResourceArn: 'x',
      StartDate: new Date(),
      EndDate: new Date(),
    }
    const Command = commands[`${name}Command`]
    assert.ok(Command)
    // Members that are missing in the body are refused by the protocol layer; that too proves the route.
    await client
      .send(new Command(input))
      .catch((fault: Error) => assert.match(fault.message, /must not be null|expected value set|enum value set|constraint/, name))
  }
  assert.ok(called.length > 60, String(called.length))
  const { client: real } = await startHttpDoor(t)
  for (const { operation, reason, answers } of notOffered) {
    const Command = commands[`${operation}Command`]
    assert.ok(Command)
    const input = {
      ...labels,
      ...Object.fromEntries(
        'ConfigurationSetName EventDestinationName ContactListName EmailAddress EmailIdentity PolicyName TemplateName PoolName Ip JobId ReportId CampaignId Domain SubscribedDomain MessageId EndpointName'
          .split(' ')
          .map((label) => [label, 'x']),
      ),
      StartDate: new Date(),
      EndDate: new Date(),
    }
    await assert.rejects(real.send(new Command(input)), (fault: Error & { $metadata: { httpStatusCode: number } }) => {
      assert.equal(fault.name, answers === 'NotFound' ? 'NotFoundException' : 'NotImplementedException', operation)
      assert.equal(fault.message, `${operation} is not offered: ${reason}`)
      assert.equal(fault.$metadata.httpStatusCode, answers === 'NotFound' ? 404 : 501)
      return true
    })
  }
})

test('labels arrive as the client gave them; an entity’s ARN also with raw slashes', async (t) => {
  const got: unknown[] = []
  const take = async (input: never) => note(got, input)
  const { client, port } = await startHttpDoor(t, {
    operations: { getEmailIdentity: take, getReputationEntity: take, updateReputationEntityPolicy: take, updateReputationEntityCustomerManagedStatus: take },
  })
  for (const name of ['a@b.test', 'a b', '%', '%2F', 'a/b', '+', 'é', '日本', 'a;b', 'a?b', 'a#b', '%25', "!'()*", '...', '.x']) {
    await client.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: name }))
    assert.deepEqual(got.pop(), { EmailIdentity: name })
  }
  const entity = { ReputationEntityType: 'RESOURCE', ReputationEntityReference: tenantArn } as const
  await client.send(new sdk.GetReputationEntityCommand(entity))
  assert.deepEqual(got.pop(), entity)
  await client.send(new sdk.UpdateReputationEntityPolicyCommand({ ...entity, ReputationEntityPolicy: 'p' }))
  assert.deepEqual(got.pop(), { ...entity, ReputationEntityPolicy: 'p' })
  const raw = async (method: string, path: string, body = '') => {
    const headers = await signedHeaders({ method, host: `127.0.0.1:${port}`, path, body })
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body ? { body } : {}) })
    assert.equal(answer.status, 200, `${path} ${await answer.text()}`)
    return got.pop()
  }
  for (const end of ['', '/']) {
    assert.deepEqual(await raw('GET', `/v2/email/reputation/entities/RESOURCE/${tenantArn}${end}`), entity)
    assert.deepEqual(await raw('PUT', `/v2/email/reputation/entities/RESOURCE/${tenantArn}/policy${end}`, '{"ReputationEntityPolicy":"p"}'), {
      ...entity,
      ReputationEntityPolicy: 'p',
    })
    assert.deepEqual(await raw('PUT', `/v2/email/reputation/entities/RESOURCE/${tenantArn}/customer-managed-status${end}`, '{"SendingStatus":"DISABLED"}'), {
      ...entity,
      SendingStatus: 'DISABLED',
    })
  }
})

test('the old GET routes of two lists are served', async (t) => {
  const got: unknown[] = []
  const take = async (input: never) => note(got, input)
  const { port } = await startHttpDoor(t, { operations: { listEmailIdentities: take, listConfigurationSets: take } })
  for (const path of ['/v2/email/identities', '/v2/email/configuration-sets']) {
    const query = { PageSize: '7', NextToken: 'a b+c' }
    const headers = await signedHeaders({ method: 'GET', host: `127.0.0.1:${port}`, path, query })
    const answer = await fetch(`http://127.0.0.1:${port}${path}?NextToken=a%20b%2Bc&PageSize=7`, { headers })
    assert.equal(answer.status, 200, await answer.text())
    assert.deepEqual(got.pop(), { PageSize: 7, NextToken: 'a b+c' })
  }
})

test('the /v1/ route that DKIM signing attributes have in older clients is served', async (t) => {
  const got: unknown[] = []
  const { port } = await startHttpDoor(t, { operations: { putEmailIdentityDkimSigningAttributes: async (input: never) => note(got, input) } })
  for (const slash of ['', '/']) {
    const path = `/v1/email/identities/acme.test/dkim/signing${slash}`
    const body = '{"SigningAttributesOrigin":"AWS_SES"}'
    const headers = await signedHeaders({ method: 'PUT', host: `127.0.0.1:${port}`, path, body })
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'PUT', headers, body })
    assert.equal(answer.status, 200, await answer.text())
    assert.deepEqual(got.pop(), { EmailIdentity: 'acme.test', SigningAttributesOrigin: 'AWS_SES' })
  }
})

test('unknown paths, other services, missing and wrong signatures: AWS’s form, never a bare answer', async (t) => {
  const { port, endpoint } = await startHttpDoor(t)
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${endpoint}${path}`, init)
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(answer.headers.get('content-type'), 'application/json')
    return `${answer.status} ${answer.headers.get('x-amzn-errortype')} ${((await answer.json()) as { message: string }).message}`
  }
  for (const [path, method] of [
    ['/', 'GET'],
    ['/', 'POST'],
    ['/v2/email/nothing', 'GET'],
    ['/v2/email/tenants', 'DELETE'],
    ['/v2/email/%zz', 'GET'],
    ['/favicon.ico', 'OPTIONS'],
  ] as const)
    assert.equal(await ask(path, { method }), '404 UnknownOperationException The operation is not known.', `${method} ${path}`)
  assert.equal(await ask('/v2/email/account'), '403 MissingAuthenticationTokenException Missing Authentication Token')
  const host = `127.0.0.1:${port}`
  const body = 'Action=GetCallerIdentity&Version=2011-06-15'
  const sts = await signedHeaders({ method: 'POST', host, path: '/', body, service: 'sts' })
  assert.equal(await ask('/', { method: 'POST', headers: sts, body }), '501 NotImplementedException The service sts is not offered at this endpoint.')
  const sns = await signedHeaders({ method: 'GET', host, path: '/v2/email/account', service: 'sns' })
  assert.equal(await ask('/v2/email/account', { headers: sns }), '501 NotImplementedException The service sns is not offered at this endpoint.')
  const signed = await signedHeaders({ method: 'POST', host, path: '/v2/email/tenants/get', body: '{"TenantName":"a"}' })
  assert.match(await ask('/v2/email/tenants/get', { method: 'POST', headers: signed, body: '{"TenantName":"b"}' }), /^403 InvalidSignatureException/)
})

test('faults: a generic 500 with one log line that carries the request id; 503 when the store is away', async (t) => {
  const lines: { level: string; facts: Record<string, unknown> }[] = []
  const log: Log = { ...silentLog, error: (facts) => lines.push({ level: 'error', facts }), warn: (facts) => lines.push({ level: 'warn', facts }) }
  const { client } = await startHttpDoor(t, {
    log,
    operations: {
      getAccount: async () => {
        throw new Error('a detail that strangers must not see')
      },
      listTenants: async () => {
        throw new StoreUnavailable('disk full')
      },
      getTenant: async () => ({ Tenant: { CreatedTimestamp: 'no date' } }),
    },
  })
  await assert.rejects(client.send(new sdk.GetAccountCommand()), (fault) => {
    assert.ok(fault instanceof sdk.SESv2ServiceException)
    assert.equal(fault.name, 'InternalServiceErrorException')
    assert.equal(fault.message, 'The request failed because of an internal error.')
    assert.equal(fault.$metadata.httpStatusCode, 500)
    assert.equal(lines[0]?.facts.requestId, fault.$metadata.requestId)
    return true
  })
  assert.equal(lines.length, 1)
  await assert.rejects(
    client.send(new sdk.ListTenantsCommand()),
    (fault: Error & sdk.SESv2ServiceException) => fault.name === 'ServiceUnavailable' && fault.$metadata.httpStatusCode === 503,
  )
  await assert.rejects(client.send(new sdk.GetTenantCommand({ TenantName: 'a' })), (fault: Error) => fault.name === 'InternalServiceErrorException')
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['error', 'warn', 'error'],
  )
})

test('body sizes: one MiB, and 56 MiB for a send', async (t) => {
  const {
    client,
    port,
    submissions: _,
  } = await startHttpDoor(t, {
    operations: { sendEmail: async (input: never) => ({ MessageId: String((input as { Content: { Raw: { Data: Buffer } } }).Content.Raw.Data.length) }) },
  })
  const bytes = 2 * 1024 * 1024
  const sent = await client.send(new sdk.SendEmailCommand({ Content: { Raw: { Data: Buffer.alloc(bytes, 'x') } } }))
  assert.equal(sent.MessageId, String(bytes))
  await assert.rejects(client.send(new sdk.CreateTenantCommand({ TenantName: 'x'.repeat(bytes) })), (fault: Error & sdk.SESv2ServiceException) => {
    assert.equal(fault.name, 'RequestEntityTooLargeException')
    return fault.$metadata.httpStatusCode === 413
  })
  const headers = Object.entries(await signedHeaders({ method: 'POST', host: 'h', path: '/v2/email/outbound-emails', body: '' }))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  assert.match(
    await speak(port, `POST /v2/email/outbound-emails HTTP/1.1\r\n${headers}content-length: 60000000\r\n\r\n`, { waitMs: 500 }),
    /^HTTP\/1.1 413 .*RequestEntityTooLarge/s,
  )
})

test('pages are unsigned, and a GET page answers HEAD', async (t) => {
  const { endpoint } = await startHttpDoor(t, {
    pages: [
      { method: 'GET', path: '/healthz', handle: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok\n' }) },
      {
        method: 'POST',
        path: '/verify/{token}',
        handle: ({ labels, query, body }) => ({ status: 201, headers: {}, body: `${labels.token} ${query} ${body}` }),
      },
    ],
  })
  assert.equal(await (await fetch(`${endpoint}/healthz?x`)).text(), 'ok\n')
  const head = await fetch(`${endpoint}/healthz`, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '3', ''])
  const posted = await fetch(`${endpoint}/verify/a%20b?c=d`, { method: 'POST', body: 'form' })
  assert.deepEqual([posted.status, await posted.text()], [201, 'a b c,d form'])
})

test('bytes that are no HTTP are answered with 400 in AWS’s form', async (t) => {
  const { port } = await startHttpDoor(t)
  for (const bytes of [
    'nonsense\r\n\r\n',
    'GET / HTTP/1.1\r\nBad Header\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    '\x16\x03\x01\x02\x00\x01\x00',
  ])
    assert.match(
      await speak(port, bytes),
      /^HTTP\/1.1 400 Bad Request\r\n.*x-amzn-ErrorType: MalformedHttpRequestException\r\nx-amzn-RequestId: [0-9a-f-]{36}.*\{"message":/s,
      bytes.slice(0, 40),
    )
  assert.match(await speak(port, 'GET /v2/email/account HTTP/1.1\r\n\r\n', { waitMs: 300 }), /^HTTP\/1.1 403 /, 'no Host field')
})

test('shutdown: running requests finish, new connections are refused, idle ones close', async (t) => {
  const entered = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  const { client, close, port } = await startHttpDoor(t, {
    operations: {
      getAccount: async () => {
        entered.resolve()
        await leave.promise
        return { SendingEnabled: true }
      },
    },
  })
  let idleEnded = false
  const idle = speak(port, '', { waitMs: 10_000 }).then(() => {
    idleEnded = true
  })
  const running = client.send(new sdk.GetAccountCommand())
  await entered.promise
  const closing = close()
  await Promise.race([idle, pause(systemClock, 2_000)])
  assert.ok(idleEnded, 'the idle connection ends')
  assert.equal(await speak(port, 'GET / HTTP/1.1\r\n\r\n'), '', 'nobody listens')
  leave.resolve()
  assert.equal((await running).SendingEnabled, true)
  await closing
})

test('slow senders are cut off with 408 in AWS’s form', async (t) => {
  const { port } = await startHttpDoor(t, { timeouts: { headersMs: 200, requestMs: 400, checkMs: 50 } })
  const slow = /^HTTP\/1.1 408 .*x-amzn-ErrorType: RequestTimeoutException/s
  assert.match(await speak(port, 'GET / HTTP/1.1\r\nHost:'), slow)
  const path = '/v2/email/tenants'
  const headers = Object.entries(await signedHeaders({ method: 'POST', host: 'h', path, body: '{}' }))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  assert.match(await speak(port, `POST ${path} HTTP/1.1\r\n${headers}Content-Length: 100\r\n\r\n{`), slow)
  assert.match(await speak(port, `POST ${path} HTTP/1.1\r\n${headers}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`), /^HTTP\/1.1 400 .*MalformedHttp/s)
  assert.match(await speak(port, 'GET / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 404 .*UnknownOperation/s)
})

test('a field that stands twice, as proxies write it, does not spoil a signature that tells the hash of the body', async (t) => {
  const { port } = await startHttpDoor(t)
  const hash = createHash('sha256').update('').digest('hex')
  const signed = await signedHeaders({ method: 'GET', host: 'h', path: '/v2/email/account', headers: { 'x-amz-content-sha256': hash } })
  const headers = Object.entries({ ...signed, Connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
  const answer = await speak(port, `GET /v2/email/account HTTP/1.1\r\nVia: 1.1 a\r\nVia: 1.1 b\r\n${headers.join('')}\r\n`)
  assert.match(answer, /^HTTP\/1.1 200 OK/)
})

test('a client that reads no answers is let go', async (t) => {
  const page = { method: 'GET', path: '/page', handle: () => ({ status: 200, headers: {}, body: Buffer.alloc(1 << 20) }) } as const
  const { port, metrics } = await startHttpDoor(t, { pages: [page], timeouts: { headersMs: 10_000, requestMs: 10_000, checkMs: 50, idleMs: 200 } })
  const open = async () => Number(/^bulkhead_http_connections (\d+)$/m.exec(await metrics.expose())?.[1])
  const socket = connect(port, '127.0.0.1')
    .pause()
    .on('error', () => {})
  socket.write('GET /page HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(30))
  try {
    await waitFor('the connection', async () => (await open()) === 1)
    await waitFor('its end', async () => (await open()) === 0)
  } finally {
    socket.destroy()
  }
})

test('a running request gets its answer although nonsense follows on its connection', async (t) => {
  const { port } = await startHttpDoor(t, {
    operations: {
      async getAccount() {
        await pause(systemClock, 100)
        return { SendingEnabled: true }
      },
    },
  })
  const headers = Object.entries(await signedHeaders({ method: 'GET', host: 'h', path: '/v2/email/account' }))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
  const answer = await speak(port, `GET /v2/email/account HTTP/1.1\r\n${headers}\r\nnonsense\r\n\r\n`)
  assert.match(answer, /^HTTP\/1.1 200 OK\r\n.*Connection: close.*\{"SendingEnabled":true\}$/s)
})

test('TLS with a given certificate', async (t) => {
  const tls = selfSignedCertificate(['127.0.0.1'], { clock: systemClock, random: systemRandom })
  const versions: unknown[] = []
  const { port } = await startHttpDoor(t, { tls, operations: { getAccount: async (_input, call) => note(versions, call.tlsVersion) } })
  const { request } = await import('node:https')
  const headers = await signedHeaders({ method: 'GET', host: `127.0.0.1:${port}`, path: '/v2/email/account' })
  const status = await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/v2/email/account', headers, ca: tls.cert, agent: false }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end()
  })
  assert.equal(status, 200)
  assert.deepEqual(versions, ['TLSv1.3'])
})
