// The command line speaks to a service as the AWS CLI would; the far side here is a stub that records what arrives.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { notOffered } from '../../src/api/services/ses/not-offered.ts'
import { exampleOf } from '../../src/cli/ses/examples.ts'
import { kebab, readOperations } from '../../src/cli/ses/schemas.ts'
import { runCli } from '../harness/run-cli.ts'

interface Arrived {
  method: string
  url: string
  body: unknown
  authorization: string
}
type Answer = { status?: number; headers?: Record<string, string>; body: unknown }

async function startStub(t: TestContext, answer: (arrived: Arrived, request: IncomingMessage) => Answer | Promise<Answer>) {
  const arrived: Arrived[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      body: text ? JSON.parse(text) : undefined,
      authorization: String(request.headers.authorization),
    }
    arrived.push(one)
    const { status = 200, headers = {}, body } = await answer(one, request)
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { arrived, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function type(
  words: string[],
  {
    endpoint,
    environment,
    ...place
  }: { endpoint?: string; environment?: Record<string, string>; folder?: string; stop?: AbortSignal; onOut?: (text: string) => void } = {},
) {
  return runCli(words, {
    environment: {
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE0000000',
      AWS_SECRET_ACCESS_KEY: 'secret',
      ...(endpoint ? { AWS_ENDPOINT_URL_SESV2: endpoint } : {}),
      ...environment,
    },
    ...place,
  })
}

const tenantArn = 'arn:aws:ses:us-east-1:111122223333:tenant/acme/tn-1f0c'
const content = { Simple: { Subject: { Data: 'Hello' }, Body: { Text: { Data: 'Good morning.' } } } }

const lifeCycle: { line: string[]; method: string; url: string; body: unknown }[] = [
  {
    line: ['create-tenant', '--tenant-name', 'acme', '--tags', 'Key=plan,Value=gold', 'Key=team,Value=a b'],
    method: 'POST',
    url: '/v2/email/tenants',
    body: {
      TenantName: 'acme',
      Tags: [
        { Key: 'plan', Value: 'gold' },
        { Key: 'team', Value: 'a b' },
      ],
    },
  },
  {
    line: ['create-tenant-resource-association', '--tenant-name', 'acme', '--resource-arn', 'arn:aws:ses:us-east-1:111122223333:identity/example.com'],
    method: 'POST',
    url: '/v2/email/tenants/resources',
    body: { TenantName: 'acme', ResourceArn: 'arn:aws:ses:us-east-1:111122223333:identity/example.com' },
  },
  { line: ['get-tenant', '--tenant-name', 'acme'], method: 'POST', url: '/v2/email/tenants/get', body: { TenantName: 'acme' } },
  { line: ['list-tenants'], method: 'POST', url: '/v2/email/tenants/list', body: {} },
  { line: ['list-tenant-resources', '--tenant-name=acme'], method: 'POST', url: '/v2/email/tenants/resources/list', body: { TenantName: 'acme' } },
  {
    line: [
      'send-email',
      '--from-email-address',
      'a@example.com',
      '--destination',
      'ToAddresses=b@x.test,c@y.test',
      '--content',
      JSON.stringify(content),
      '--configuration-set-name',
      'CS',
      '--tenant-name',
      'acme',
    ],
    method: 'POST',
    url: '/v2/email/outbound-emails',
    body: {
      FromEmailAddress: 'a@example.com',
      Destination: { ToAddresses: ['b@x.test', 'c@y.test'] },
      Content: content,
      ConfigurationSetName: 'CS',
      TenantName: 'acme',
    },
  },
  {
    line: [
      'send-email',
      '--from-email-address',
      'a@example.com',
      '--destination',
      'ToAddresses=b@x.test',
      '--content',
      'Simple={Subject={Data=Hello},Body={Text={Data=Good morning.}}}',
    ],
    method: 'POST',
    url: '/v2/email/outbound-emails',
    body: { FromEmailAddress: 'a@example.com', Destination: { ToAddresses: ['b@x.test'] }, Content: content },
  },
  {
    line: [
      'update-reputation-entity-policy',
      '--reputation-entity-type',
      'RESOURCE',
      '--reputation-entity-reference',
      tenantArn,
      '--reputation-entity-policy',
      'arn:aws:ses:us-east-1:aws:reputation-policy/strict',
    ],
    method: 'PUT',
    url: `/v2/email/reputation/entities/RESOURCE/${encodeURIComponent(tenantArn)}/policy`,
    body: { ReputationEntityPolicy: 'arn:aws:ses:us-east-1:aws:reputation-policy/strict' },
  },
  {
    line: [
      'update-reputation-entity-customer-managed-status',
      '--reputation-entity-type',
      'RESOURCE',
      '--reputation-entity-reference',
      tenantArn,
      '--sending-status',
      'DISABLED',
    ],
    method: 'PUT',
    url: `/v2/email/reputation/entities/RESOURCE/${encodeURIComponent(tenantArn)}/customer-managed-status`,
    body: { SendingStatus: 'DISABLED' },
  },
  {
    line: ['put-account-suppression-attributes', '--suppressed-reasons'],
    method: 'PUT',
    url: '/v2/email/account/suppression',
    body: { SuppressedReasons: [] },
  },
  { line: ['put-account-sending-attributes', '--no-sending-enabled'], method: 'PUT', url: '/v2/email/account/sending', body: { SendingEnabled: false } },
  { line: ['delete-tenant', '--tenant-name', 'acme'], method: 'POST', url: '/v2/email/tenants/delete', body: { TenantName: 'acme' } },
]

test("the commands of SES's documentation send what the AWS CLI sends", async (t) => {
  const stub = await startStub(t, () => ({ body: {} }))
  for (const { line, method, url, body } of lifeCycle) {
    const { code, err } = await type(['ses', ...line], stub)
    assert.equal(code, 0, `${line.join(' ')}: ${err}`)
    const { authorization, ...sent } = stub.arrived.at(-1) ?? assert.fail('nothing arrived')
    assert.deepEqual(sent, { method, url, body })
    assert.match(authorization, /Credential=AKIDEXAMPLE0000000\/\d{8}\/us-east-1\/ses\/aws4_request/)
  }
})

test('every operation has flags, a help with an example, and the example sends a request', async (t) => {
  const stub = await startStub(t, () => ({ body: {} }))
  const operations = readOperations()
  assert.equal(operations.size, 116)
  for (const operation of operations.values()) {
    const help = await type(['ses', operation.command, '--help'])
    assert.equal(help.code, 0)
    for (const member of operation.input.members) assert.ok(help.out.includes(`--${kebab(member.name)}`), `${operation.command} --${kebab(member.name)}`)
    const example = exampleOf(operation)
    assert.ok(help.out.includes(example), operation.command)
    const before = stub.arrived.length
    const { code, err } = await type(shellWords(example).slice(1), stub)
    assert.equal(code, 0, `${example}: ${err}`)
    assert.equal(stub.arrived.length, before + 1, example)
  }
})

test('the list of operations marks what this version does not offer, and so does the help of such a one', async () => {
  const stub = { endpoint: 'http://127.0.0.1:9' }
  const { out } = await type(['ses', '--help'], stub as never)
  assert.match(out, /^ {2}create-tenant$/m)
  assert.match(out, /^- create-multi-region-endpoint$/m)
  const listed = [...out.matchAll(/^([ -]) ([a-z0-9-]+)$/gm)].filter(([, , name = '']) => readOperations().has(name))
  assert.equal(listed.length, readOperations().size)
  const refused = notOffered.map(({ operation }) => kebab(operation)).sort()
  assert.deepEqual(
    listed
      .filter(([, mark]) => mark === '-')
      .map(([, , name]) => name)
      .sort(),
    refused,
  )
  assert.match((await type(['ses', 'create-multi-region-endpoint', '--help'], stub as never)).out, /This version does not offer it/)
})

test('files, base64 and --cli-input-json give the same bytes', async (t) => {
  const stub = await startStub(t, () => ({ body: { MessageId: '1' } }))
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-cli-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const bytes = Buffer.from('Subject: x\r\n\r\n\u00ff')
  const body = { Content: { Raw: { Data: bytes.toString('base64') } } }
  writeFileSync(join(folder, 'mail.eml'), bytes)
  writeFileSync(join(folder, 'input.json'), JSON.stringify({ ...body, TenantName: 'other' }))
  writeFileSync(join(folder, 'content.json'), JSON.stringify(body.Content))
  for (const flags of [
    ['--content', 'Raw={Data@=fileb://mail.eml}'],
    ['--content', 'Raw={Data=fileb://mail.eml}'],
    ['--content', 'file://content.json'],
    ['--content', JSON.stringify(body.Content)],
    ['--cli-input-json', 'file://input.json'],
  ]) {
    const { code, out, err } = await type(['ses', 'send-email', ...flags, '--tenant-name', 'acme'], { ...stub, folder })
    assert.equal(code, 0, err)
    assert.equal(out, '{\n    "MessageId": "1"\n}\n')
    assert.deepEqual(stub.arrived.at(-1)?.body, { ...body, TenantName: 'acme' })
  }
})

test('an error of the service is told as the AWS CLI tells it', async (t) => {
  const stub = await startStub(t, () => ({
    status: 404,
    headers: { 'x-amzn-ErrorType': 'NotFoundException' },
    body: { message: 'Tenant acme does not exist.' },
  }))
  assert.deepEqual(await type(['ses', 'get-tenant', '--tenant-name', 'acme'], stub), {
    code: 254,
    out: '',
    err: '\nAn error occurred (NotFoundException) when calling the GetTenant operation: Tenant acme does not exist.\n',
  })
  const own = await type(['inbox', 'show', '7'], stub)
  assert.equal(own.code, 254)
  assert.match(own.err, /An error occurred \(NotFoundException\) when calling the GetInboxMessage operation: Tenant acme/)
})

const wrongLines: [string, number, RegExp][] = [
  ['ses get-tenant', 252, /the following arguments are required: --tenant-name/],
  ['ses get-tenant --tenant-nam x', 252, /Did you mean --tenant-name\?/],
  ['ses get-tennant', 252, /Found invalid choice 'get-tennant'\nDid you mean get-tenant/],
  ['ses create-tenant --tenant-name a --tags Kee=a,Value=b', 252, /Unknown parameter in Tags\[0\]: "Kee", must be one of: Key, Value/],
  ['ses create-tenant --tenant-name a --tags Key=a', 252, /Missing required parameter in Tags\[0\]: "Value"/],
  ['ses create-tenant --tenant-name a --tags [{', 252, /Invalid JSON/],
  ['ses list-tenants --page-size ten', 252, /Invalid type for parameter PageSize/],
  ['ses send-email --content file://absent.json', 255, /Unable to load paramfile file:\/\/absent\.json/],
  ['ses list-tenants --output yaml', 252, /Allowed choices are json, table, text/],
  ['events tail --after abc', 252, /--after must be a position or latest, not abc/],
  ['inbox --limit abc', 252, /--limit must be a whole number above 0, not abc/],
  ['inbox --after abc', 252, /--after must be the number of a message, not abc/],
  ['quue', 252, /Did you mean queue\?/],
  ['ses list-tenants --endpoint-url nowhere', 253, /no http or https URL/],
]
for (const [line, exitCode, said] of wrongLines) {
  test(`\`${line}\` is refused`, async () => {
    const { code, out, err } = await type(line.split(' '))
    assert.equal(code, exitCode)
    assert.equal(out, '')
    assert.match(err, said)
  })
}

test('no credentials and no service have codes of their own', async (t) => {
  const none = await type(['queue'], { environment: { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }, folder: '/nonexistent' })
  assert.equal(none.code, 253)
  assert.match(none.err, /Unable to locate credentials/)
  const closed = await startStub(t, () => ({ body: {} }))
  const endpoint = closed.endpoint.replace(/\d+$/, '1')
  for (const line of [['queue'], ['ses', 'list-tenants']]) {
    const { code, err } = await type(line, { endpoint })
    assert.equal(code, 255)
    assert.match(err, /Could not connect to the endpoint URL/)
  }
})

test('the data directory of a local instance gives credentials and address', async (t) => {
  const stub = await startStub(t, () => ({ body: { Entries: [], Total: 0, NextToken: null } }))
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-cli-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'credentials.json'),
    JSON.stringify({ accessKeyId: 'LOCALKEY', secretAccessKey: 's', region: 'eu-north-1', endpoint: stub.endpoint }),
  )
  const { code, err } = await type(['queue', '--data-dir', folder], { environment: { AWS_ACCESS_KEY_ID: '', AWS_REGION: 'ap-south-1' } })
  assert.equal(code, 0, err)
  assert.match(stub.arrived[0]?.authorization ?? '', /Credential=LOCALKEY\/\d{8}\/eu-north-1\/ses/)
})

test('pages are joined, and --max-items with --starting-token goes on where it ended', async (t) => {
  const stub = await startStub(t, ({ body }) => {
    const { NextToken: token } = body as { NextToken?: string }
    const start = Number(token ?? 0)
    const names = [1, 2, 3].map((step) => ({ TenantName: `t${start + step}`, CreatedTimestamp: 1_754_438_460.5 }))
    return { body: { Tenants: names, ...(start < 6 ? { NextToken: String(start + 3) } : {}) } }
  })
  const names = (out: string) => (JSON.parse(out) as { Tenants: { TenantName: string }[] }).Tenants.map((tenant) => tenant.TenantName).join(' ')
  const all = await type(['ses', 'list-tenants', '--page-size', '3'], stub)
  assert.equal(names(all.out), 't1 t2 t3 t4 t5 t6 t7 t8 t9')
  assert.deepEqual(
    stub.arrived.map(({ body }) => body),
    [{ PageSize: 3 }, { PageSize: 3, NextToken: '3' }, { PageSize: 3, NextToken: '6' }],
  )
  assert.match(all.out, /"CreatedTimestamp": "2025-08-06T00:01:00\.500000\+00:00"/)
  assert.equal('NextToken' in JSON.parse(all.out), false)
  const walked: string[] = []
  for (let token: string | undefined, rounds = 0; rounds < 10; rounds += 1) {
    const { out } = await type(['ses', 'list-tenants', '--max-items', '4', ...(token ? ['--starting-token', token] : [])], stub)
    walked.push(names(out))
    token = (JSON.parse(out) as { NextToken?: string }).NextToken
    if (!token) break
  }
  assert.deepEqual(walked, ['t1 t2 t3 t4', 't5 t6 t7 t8', 't9'])
  const one = await type(['ses', 'list-tenants', '--no-paginate'], stub)
  assert.equal((JSON.parse(one.out) as { NextToken: string }).NextToken, '3')
  const text = await type(['ses', 'list-tenants', '--max-items', '1', '--output', 'text'], stub)
  assert.match(text.out, /^TENANTS\t2025-08-06T00:01:00\.500000\+00:00\tt1$/m)
  const table = await type(['ses', 'list-tenants', '--no-paginate', '--output', 'table'], stub)
  assert.match(table.out, /Tenants\nTenantName {2}CreatedTimestamp\n-{10} {2}-{32}\nt1 /)
})

test('a service that repeats its token is not asked for ever', async (t) => {
  const stub = await startStub(t, () => ({ body: { Tenants: [], NextToken: 'same' } }))
  const { code, err } = await type(['ses', 'list-tenants'], stub)
  assert.equal(code, 255)
  assert.match(err, /same next token was received twice/)
  assert.equal(stub.arrived.length, 2)
})

test('a skeleton can be filled in and given back', async () => {
  const { out, code } = await type(['ses', 'send-email', '--generate-cli-skeleton'])
  assert.equal(code, 0)
  const skeleton = JSON.parse(out)
  assert.deepEqual(skeleton.Destination, { ToAddresses: [''], CcAddresses: [''], BccAddresses: [''] })
})

test('events tail prints a line for each event, follows the position, and ends at an interrupt', async (t) => {
  const record = (type: string, member: object) => ({
    eventType: type,
    mail: { messageId: 'm1', destination: ['ann@far.test'], tags: { 'ses:tenant-name': ['acme'] } },
    [type.toLowerCase()]: member,
  })
  const bounce = record('Bounce', {
    timestamp: '2026-11-24T12:00:01.000Z',
    bounceType: 'Permanent',
    bouncedRecipients: [{ emailAddress: 'ann@far.test', diagnosticCode: 'smtp; 550 5.1.1 \u001b[31mno' }],
  })
  const stop = new AbortController()
  const stub = await startStub(t, ({ url }) => {
    const after = new URL(url, 'http://x').searchParams.get('After')
    if (after === '5')
      return { body: { Events: [{ Position: 6, EventId: 'e6', Record: record('Send', { timestamp: '2026-11-24T12:00:00.000Z' }) }], NextPosition: 6 } }
    if (after === '6') return { body: { Events: [{ Position: 7, EventId: 'e7', Record: bounce }], NextPosition: 7 } }
    return new Promise(() => {}) // Held, as a long poll is.
  })
  const words = ['events', 'tail', '--tenant', 'acme', '--type', 'send', 'bounce', '--after', '5']
  const { code, out, err } = await type(words, {
    ...stub,
    stop: stop.signal,
    onOut: (all) => all.includes('550') && stub.arrived && setImmediate(() => stop.abort()),
  })
  assert.equal(code, 0, err)
  assert.equal(
    out,
    '2026-11-24T12:00:00.000Z Send              acme m1 ann@far.test\n2026-11-24T12:00:01.000Z Bounce            acme m1 ann@far.test Permanent smtp; 550 5.1.1  [31mno\n',
  )
  assert.equal(stub.arrived[0]?.url, '/bulkhead/v1/events?After=5&TenantName=acme&Types=SEND%2CBOUNCE&WaitSeconds=20')
})

test('events tail --no-follow ends with the log, and --json prints whole records', async (t) => {
  const record = { eventType: 'Send', mail: { messageId: 'm1' }, send: {} }
  const stub = await startStub(t, ({ url }) => ({
    body: url.includes('After=0') ? { Events: [{ Position: 1, EventId: 'e', Record: record }], NextPosition: 1 } : { Events: [], NextPosition: 1 },
  }))
  const { code, out } = await type(['events', 'tail', '--json', '--no-follow'], stub)
  assert.equal(code, 0)
  assert.equal(out, `${JSON.stringify(record)}\n`)
  assert.equal(stub.arrived.length, 2)
})

test('tenant shows limits and changes them', async (t) => {
  const Limits = { RatePerSecond: 20, Burst: 100, Weight: 30, Providers: { google: { PerHour: 2_000 } } }
  const Usage = { LastHour: 7, Last24Hours: 9, Providers: { google: { LastHour: 3, Last24Hours: 4 } } }
  const Waiting = { Limit: '20 a second', Until: '2026-01-01T00:00:00.000Z' }
  const tenant = { TenantName: 'a b', TenantId: 'tn-1', TenantArn: 'arn', CreatedTimestamp: '', SendingStatus: 'ENABLED', Limits, Usage, Waiting }
  const stub = await startStub(t, () => ({ body: tenant }))
  const shown = await type(['tenant', 'show', 'a b'], stub)
  assert.match(shown.out, /weight +30\nlimits +20 a second \(100 at once\)\ncounted under these limits +7 in the last hour, 9 in 24 hours\n/)
  assert.match(shown.out, /google +2000 an hour; 3 counted in the last hour, 4 in 24 hours\nwaits +its limit of 20 a second is used up until 2026/)
  assert.equal(stub.arrived.at(-1)?.url, '/bulkhead/v1/tenants/a%20b')
  await type(['tenant', 'limit', 'acme', '--provider', 'google', '--per-hour', '2000', '--burst', 'none'], stub)
  assert.deepEqual([stub.arrived.at(-1)?.method, stub.arrived.at(-1)?.url], ['PUT', '/bulkhead/v1/tenants/acme/limits?Burst=-1&PerHour=2000&Provider=google'])
  await type(['tenant', 'limit', 'acme', '--none'], stub)
  assert.deepEqual([stub.arrived.at(-1)?.method, stub.arrived.at(-1)?.url], ['DELETE', '/bulkhead/v1/tenants/acme/limits'])
  await type(['tenant', 'limit', 'acme', '--provider', 'google', '--none'], stub)
  assert.deepEqual([stub.arrived.at(-1)?.method, stub.arrived.at(-1)?.url], ['DELETE', '/bulkhead/v1/tenants/acme/limits?Provider=google'])
  for (const wrong of [
    ['tenant', 'limit', 'acme'],
    ['tenant', 'limit', 'acme', '--none', '--rate', '1'],
  ])
    assert.equal((await type(wrong, stub)).code, 252)
})

test('queue and inbox print tables for people and documents for programs', async (t) => {
  const entry = {
    MessageId: 'm1',
    Recipient: 'ann@far.test',
    TenantName: 'acme',
    ConfigurationSetName: null,
    State: 'WAITING',
    Reason: 'retry after 451',
    AcceptedTimestamp: '',
    NextAttemptTimestamp: '2026-11-24T12:05:00.000Z',
    ExpiryTimestamp: '',
    Attempts: 2,
    LastReply: '451 later',
  }
  const item = {
    Id: 3,
    ReceivedTimestamp: '2026-11-24T12:00:00.000Z',
    EnvelopeSender: 'b@x.test',
    Recipients: ['ann@far.test'],
    From: null,
    To: null,
    Subject: 'Hi',
    Size: 99,
    Signatures: [{ Domain: 'x.test', Selector: 's' }],
  }
  const stub = await startStub(t, ({ url }) => {
    if (url.includes('/queue')) return { body: { Entries: [entry], Total: 5, NextToken: null } }
    return {
      body: url.includes('/inbox/3')
        ? { Message: item, Source: Buffer.from('Subject: Hi\r\n\r\nx').toString('base64') }
        : { Messages: [item], Total: 1, Kept: 1167 },
    }
  })
  const queue = await type(['queue', '--tenant', 'acme'], stub)
  assert.match(
    queue.out,
    /^STATE +TENANT +RECIPIENT .*\n-+ .*\nWAITING {2}acme {4}ann@far\.test {2}m1 .*retry after 451 {2}451 later\n1 shown, 5 in the whole queue\n$/,
  )
  assert.deepEqual(JSON.parse((await type(['queue', '--output', 'json'], stub)).out), { Entries: [entry], Total: 5 })
  assert.match((await type(['inbox', '--recipient', 'ann@far.test'], stub)).out, /^3 .*b@x\.test {2}ann@far\.test {2}Hi {7}99/m)
  assert.equal(stub.arrived.at(-1)?.url, '/bulkhead/v1/inbox?Newest=true&Recipient=ann%40far.test')
  assert.match((await type(['inbox', '--recipient', 'ann@far.test'], stub)).out, /^1 of 1167 shown; 1 is for ann@far\.test$/m)
  assert.match((await type(['inbox', '--after', '2'], stub)).out, /^1 of 1167 shown$/m)
  assert.equal(stub.arrived.at(-1)?.url, '/bulkhead/v1/inbox?After=2')
  Object.assign(entry, { State: 'HELD' })
  assert.match((await type(['queue'], stub)).out, /^HELD .* 2 +- +retry after/m)
  assert.equal((await type(['inbox', 'show', '3', '--source'], stub)).out, 'Subject: Hi\r\n\r\nx')
})

test('completion knows commands, operations and flags', async () => {
  assert.equal((await type(['__complete', '--', 'ev'])).out, 'events\n')
  assert.equal((await type(['__complete', '--', 'ses', 'create-tenant'])).out, 'create-tenant\ncreate-tenant-resource-association\n')
  assert.equal((await type(['__complete', '--', 'ses', 'get-tenant', '--te'])).out, '--tenant-name\n')
  for (const shell of ['bash', 'zsh', 'fish']) assert.match((await type(['completion', shell])).out, /bulkhead __complete/)
})

// The few quotes that examples use.
function shellWords(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) => word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
}
