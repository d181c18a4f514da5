// The protocol layer against every operation of the client, and against the texts of the real service.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import fc from 'fast-check'
import { enumMembersText } from '../../../tools/generate-enum-members.ts'
import { constraints, valueOrder } from './constraints.ts'
import { enumKeys, enumMembers } from './enum-members.ts'
import { isModest } from './read-json.ts'
import { compileRestJson } from './rest-json.ts'
import { readServiceSchema, type Shape, type Structure } from './schema.ts'

const schema = readServiceSchema()
const operations = new Map(compileRestJson(schema).map((operation) => [operation.name, operation]))

function read(name: string, body: string | Buffer, labels: Record<string, string> = {}, query: [string, string][] = []) {
  const operation = operations.get(name)
  assert.ok(operation, name)
  return operation.read({ labels, query, body: Buffer.from(body as string) })
}

function fault(name: string, body: string | Buffer, labels?: Record<string, string>, query?: [string, string][]): string {
  const { refusal } = read(name, body, labels, query)
  assert.ok(refusal, `${name} ${String(body).slice(0, 80)} was taken`)
  return `${refusal.row.exception}: ${refusal.message}`
}

test('every operation, structure and exception of the client is understood', () => {
  assert.equal(schema.operations.length, 116)
  assert.ok(schema.structures.length > 340)
  const commands = Object.keys(sdk).filter((name) => name.endsWith('Command') && name !== '$Command')
  assert.deepEqual(schema.operations.map(({ name }) => `${name}Command`).sort(), commands.sort())
  assert.equal(schema.errors.find(({ name }) => name === 'ConflictException')?.status, 409)
})

test('an unknown code or trait is a fault at start', () => {
  const structure = (...rest: unknown[]) => [3, 'n', 'X', 0, ['A'], ...rest]
  for (const bad of [
    [7, 'n', 'X', 0, 0],
    structure([3]),
    structure([64 + 5]),
    structure([192]),
    structure([[0, 32]]),
    structure([[0, { httpHeader: 'X-A' }]]),
    [3, 'n', 'X', { jsonName: 'x' }, ['A'], [0]],
    structure([0], 1, 'more'),
    [9, 'n', 'X', { http: ['GET', '/', 200], endpoint: ['x'] }, () => structure([0]), () => structure([0])],
    [-3, 'n', 'X', { error: 'client', retryable: 1 }, [], []],
  ])
    assert.throws(() => readServiceSchema({ X$: bad }), /unknown|longer/, JSON.stringify(bad))
  assert.equal(readServiceSchema({ X$: structure([0]) }).structures.length, 1)
})

test('a value of every input shape survives the way through SDK spelling, JSON and our decoder', () => {
  for (const { name, input } of schema.operations) {
    const wire = Object.fromEntries(input.members.filter(({ place }) => place === 'body').map((m) => [m.name, sample(m.shape, `${input.name}.${m.name}`)]))
    const labels = Object.fromEntries(
      input.members.filter(({ place }) => place === 'label').map((m) => [m.name, String(sample(m.shape, `${input.name}.${m.name}`))]),
    )
    const query = input.members
      .filter(({ place }) => place === 'query')
      .map((m): [string, string] => [m.wireName, String([sample(m.shape, `${input.name}.${m.name}`)].flat()[0])])
    const result = read(name, JSON.stringify(wire), labels, query)
    assert.ok(!result.refusal, `${name}: ${result.refusal?.message}`)
    assert.deepEqual(Object.keys(result.input).sort(), input.members.map((m) => m.name).sort(), name)
  }
})

test('every output shape is written, and an explicit null stays one', () => {
  for (const { name, output } of schema.operations) {
    const operation = operations.get(name)
    assert.ok(operation)
    const value = Object.fromEntries(output.members.map((m) => [m.name, decoded(m.shape)]))
    const written = JSON.parse(operation.write(value)) as Record<string, unknown>
    assert.deepEqual(
      Object.keys(written),
      output.members.map((m) => m.name),
      name,
    )
    const nulls = Object.fromEntries(output.members.map((m) => [m.name, null]))
    assert.deepEqual(JSON.parse(operation.write(nulls)), nulls)
  }
  assert.equal(
    operations.get('CreateTenant')?.write({ CreatedTimestamp: new Date(1_754_438_400_123), SuppressionAttributes: null }),
    '{"CreatedTimestamp":1754438400.123,"SuppressionAttributes":null}',
  )
})

// A wire value that satisfies the rows of the constraints table.
function sample(shape: Shape, key: string, depth = 0): unknown {
  const row = constraints[key]
  const enumeration = enumMembers[key] && Object.values((sdk as unknown as Record<string, Record<string, string>>)[enumMembers[key]] ?? {})[0]
  switch (shape.kind) {
    case 'string':
      if (key === 'ArchivingOptions.ArchiveArn') return `arn:aws:ses:us-east-1:111122223333:mailmanager-archive/a-${'0'.repeat(24)}`
      if (key === 'ExportDestination.S3Url') return 's3://bucket/key'
      return enumeration ?? 'a'
    case 'number':
      return row?.range?.[0] ?? 1
    case 'boolean':
      return true
    case 'blob':
      return 'AAEC'
    case 'timestamp':
      return 1_700_000_000.5
    case 'list':
      if (row?.elementLength && shape.element.kind === 'string') return [enumeration ?? 'a'.repeat(row.elementLength[0])]
      return depth > 6 ? [] : [enumeration ?? sample(shape.element, '', depth + 1)]
    case 'map': {
      const keys = enumKeys[key] && Object.values((sdk as unknown as Record<string, Record<string, string>>)[enumKeys[key]] ?? {})[0]
      return { [keys ?? 'k']: enumeration ?? sample(shape.value, '', depth + 1) }
    }
    case 'structure':
      return Object.fromEntries(shape.members.map((m) => [m.name, sample(m.shape, `${shape.name}.${m.name}`, depth + 1)]))
    case 'union':
      return Object.fromEntries(shape.members.slice(0, 1).map((m) => [m.name, sample(m.shape, `${shape.name}.${m.name}`, depth + 1)]))
  }
}

function decoded(shape: Shape): unknown {
  switch (shape.kind) {
    case 'blob':
      return Buffer.from('x')
    case 'timestamp':
      return new Date(0)
    case 'list':
      return [decoded(shape.element)]
    case 'map':
      return { k: decoded(shape.value) }
    case 'structure':
    case 'union':
      return Object.fromEntries((shape as Structure).members.map((m) => [m.name, decoded(m.shape)]))
    default:
      return sample(shape, '')
  }
}

test('wrong kinds of JSON are told in the words of the real parser', () => {
  const tenant = (value: string) => fault('CreateTenant', `{"TenantName":${value}}`)
  assert.equal(tenant('1'), 'SerializationException: NUMBER_VALUE can not be converted to a String')
  assert.equal(tenant('true'), 'SerializationException: TRUE_VALUE can not be converted to a String')
  assert.equal(tenant('false'), 'SerializationException: FALSE_VALUE can not be converted to a String')
  assert.equal(tenant('[]'), 'SerializationException: Start of list found where not expected')
  assert.equal(tenant('{}'), 'SerializationException: Start of structure or map found where not expected.')
  assert.equal(fault('CreateTenant', '{"TenantName":"a","Tags":{}}'), 'SerializationException: Expected list or null')
  assert.equal(fault('CreateTenant', '{"TenantName":"a","Tags":[[]]}'), 'SerializationException: Start of list found where not expected')
  assert.equal(fault('PutAccountSendingAttributes', '{"SendingEnabled":1}'), 'SerializationException: NUMBER_VALUE can not be converted to a Boolean')
  assert.equal(fault('PutAccountSendingAttributes', '{"SendingEnabled":null}'), 'SerializationException: ')
  for (const body of [' ', '\r\n\t', '{', '{"TenantName":"a"', 'nonsense', '{"a":1}x', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])])
    assert.equal(fault('CreateTenant', body), 'SerializationException: ', String(body))
  assert.equal(fault('CreateTenant', '[]'), 'SerializationException: Start of list found where not expected')
})

test('any JSON string is true, and an absent boolean stays absent', () => {
  assert.deepEqual(read('PutAccountSendingAttributes', '{"SendingEnabled":"false"}').input, { SendingEnabled: true })
  assert.deepEqual(read('PutAccountSendingAttributes', '{}').input, {})
})

test('faults of values are collected, counted and told by their Smithy paths', () => {
  const one = (name: string, body: string, labels?: Record<string, string>) => fault(name, body, labels)
  assert.equal(
    one('CreateTenant', '{}'),
    "BadRequestException: 1 validation error detected: Value at 'tenantName' failed to satisfy constraint: Member must not be null",
  )
  assert.equal(one('CreateTenant', '{"TenantName":null}'), one('CreateTenant', ''))
  assert.equal(
    one('CreateTenant', '{"TenantName":""}'),
    "BadRequestException: 1 validation error detected: Value at 'tenantName' failed to satisfy constraint: Member must have length greater than or equal to 1",
  )
  assert.equal(
    one('CreateTenant', '{"Tags":[{"Key":"a","Value":"b"},{"Key":"c"}]}'),
    "BadRequestException: 2 validation errors detected: Value at 'tags.2.member.value' failed to satisfy constraint: Member must not be null; Value at 'tenantName' failed to satisfy constraint: Member must not be null",
  )
  assert.equal(
    one('ListTenants', '{"NextToken":"","PageSize":0}'),
    "BadRequestException: 2 validation errors detected: Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '0' at 'pageSize' failed to satisfy constraint: Member must have value greater than or equal to 1",
  )
  assert.match(
    one('ListTenants', '{"PageSize":101}'),
    /Value '101' at 'pageSize' failed to satisfy constraint: Member must have value less than or equal to 100$/,
  )
  assert.equal(
    one('PutTenantSuppressionAttributes', '{"TenantName":"a","SuppressedReasons":["X"],"SuppressionScope":"Y"}'),
    "BadRequestException: 2 validation errors detected: Value at 'suppressedReasons' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [BOUNCE, COMPLAINT]]; Value at 'suppressionScope' failed to satisfy constraint: Member must satisfy enum value set: [TENANT, ACCOUNT]",
  )
  assert.match(
    one('ListTenantResources', '{"TenantName":"a","Filter":{"X":"y"}}'),
    /Map keys must satisfy constraint: \[Member must satisfy enum value set: \[RESOURCE_TYPE\]\]$/,
  )
  assert.match(one('PutConfigurationSetDeliveryOptions', '{"MaxDeliverySeconds":299}', { ConfigurationSetName: 'c' }), /greater than or equal to 300$/)
})

test('members with sentences of their own reach the operation', () => {
  for (const [name, body] of [
    ['GetTenant', '{}'],
    ['DeleteTenant', '{"TenantName":""}'],
    ['CreateConfigurationSet', '{}'],
  ] as const)
    assert.ok(!read(name, body).refusal, name)
  assert.deepEqual(read('PutConfigurationSetSuppressionOptions', '{"SuppressedReasons":["X"]}', { ConfigurationSetName: 'c' }).input, {
    ConfigurationSetName: 'c',
    SuppressedReasons: ['X'],
  })
})

test('unknown members are ignored, the last of two wins, labels and queries cannot be set from the body', () => {
  assert.deepEqual(read('CreateTenant', '{"TenantName":"a","TenantName":"b","Unknown":[1],"__proto__":{"x":1}}').input, { TenantName: 'b' })
  assert.deepEqual(read('PutConfigurationSetSendingOptions', '{"ConfigurationSetName":"evil"}', { ConfigurationSetName: 'good' }).input, {
    ConfigurationSetName: 'good',
  })
})

test('query members: lists, integers, times', () => {
  const list = (query: [string, string][]) => read('ListSuppressedDestinations', '', {}, query)
  assert.deepEqual(
    list([
      ['Reason', 'BOUNCE'],
      ['Reason', 'COMPLAINT'],
      ['StartDate', '2026-01-01T00:00:00Z'],
      ['PageSize', '7'],
    ]).input,
    { Reasons: ['BOUNCE', 'COMPLAINT'], StartDate: new Date('2026-01-01T00:00:00Z'), PageSize: 7 },
  )
  for (const size of ['x', '', '1.5', '99999999999', '4294967296', '0x10'])
    assert.equal(fault('ListSuppressedDestinations', '', {}, [['PageSize', size]]), `SerializationException: '${size}' can not be converted to Integer`)
  assert.match(fault('ListSuppressedDestinations', '', {}, [['StartDate', 'soon']]), /^SerializationException: 'soon'/)
})

test('blobs: base64 with and without padding and line ends, nothing else', () => {
  const send = (data: string) => read('SendEmail', JSON.stringify({ Content: { Raw: { Data: data } } }))
  const bytes = (data: string) => (send(data).input as { Content: { Raw: { Data: Buffer } } } | undefined)?.Content.Raw.Data.toString()
  assert.equal(bytes('aGk='), 'hi')
  assert.equal(bytes('aGk'), 'hi')
  assert.equal(bytes('aG\r\nk='), 'hi')
  assert.equal(bytes(''), '')
  for (const bad of ['a', '*Gk=', 'aGk=aGk=', 'a Gk', 'aGk===']) assert.equal(send(bad).refusal?.name, 'WrongJsonType', bad)
})

test('large bodies of brackets or commas are refused before they are parsed', () => {
  const size = 200_000
  for (const bomb of ['['.repeat(size), `[${'0,'.repeat(size)}0]`, `{"a":${'{"a":'.repeat(size)}`]) {
    assert.equal(isModest(Buffer.from(bomb)), false)
    assert.equal(fault('CreateTenant', bomb), 'SerializationException: ')
  }
  const text = `{"TenantName":"${'[,{'.repeat(size)}\\"\\\\","Tags":[]}`
  assert.ok(isModest(Buffer.from(text)))
  assert.equal(String(read('CreateTenant', text).input?.TenantName).length, 3 * size + 2)
})

test('no JSON whatever makes a reader throw', () => {
  const names = [...operations.keys()]
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.json(), fc.string(), (name, json, label) => {
      const result = read(name, json, { ConfigurationSetName: label, EmailIdentity: label }, [['PageSize', label]])
      assert.ok(result.refusal || typeof result.input === 'object')
    }),
    { numRuns: 2_000 },
  )
})

test('the tables name members that exist, and the generated one is fresh', () => {
  const members = new Set(schema.structures.flatMap((structure) => structure.members.map((member) => `${structure.name}.${member.name}`)))
  const unknown = [...Object.keys(constraints), ...Object.keys(enumMembers), ...Object.keys(enumKeys)].filter((key) => !members.has(key))
  assert.deepEqual(unknown, [])
  for (const [name, values] of Object.entries(valueOrder))
    assert.deepEqual([...values].sort(), Object.values((sdk as unknown as Record<string, Record<string, string>>)[name] ?? {}).sort(), name)
  assert.equal(readFileSync(join(import.meta.dirname, 'enum-members.ts'), 'utf8'), enumMembersText(), 'stale: run tools/generate-enum-members.ts')
})
