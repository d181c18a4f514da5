// The query protocol against every operation of its clients: forms as a client writes them, XML as it reads them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sesSdk from '@aws-sdk/client-ses'
import fc from 'fast-check'
import { enumMembersText } from '../../../tools/generate-enum-members.ts'
import { formDepthMax, formParametersMax } from '../limits.ts'
import { compileAwsQuery, errorXml } from './aws-query.ts'
import { parseForm } from './form.ts'
import { readServiceSchema, type Shape, type Structure } from './schema.ts'
import { enumMembers } from './ses-v1-enum-members.ts'
import { xmlElement, xmlText } from './xml.ts'

const rules = { constraints: {}, enumMembers, enumKeys: {}, sdk: sesSdk }
const schema = readServiceSchema(sesSdk)
const operations = new Map(compileAwsQuery('urn:x', rules).operations.map((operation) => [operation.name, operation]))

function read(name: string, form: string) {
  const [operation, tree] = [operations.get(name), parseForm(form)]
  assert.ok(operation && tree)
  return operation.read(tree)
}

/** A value of every shape and the parameters that a client makes of it. */
function sample(shape: Shape, key: string, name: string): { value: unknown; pairs: [string, string][] } {
  switch (shape.kind) {
    case 'structure':
    case 'union': {
      const members = shape.members.map((member) => ({
        name: member.name,
        ...sample(member.shape, `${shape.name}.${member.name}`, name === '' ? member.name : `${name}.${member.name}`),
      }))
      return { value: Object.fromEntries(members.map((member) => [member.name, member.value])), pairs: members.flatMap(({ pairs }) => pairs) }
    }
    case 'list': {
      const items = [1, 2].map((position) => sample(shape.element, key, `${name}.member.${position}`))
      return { value: items.map(({ value }) => value), pairs: items.flatMap(({ pairs }) => pairs) }
    }
    case 'map': {
      const item = sample(shape.value, key, `${name}.entry.1.value`)
      return { value: { 'a b': item.value }, pairs: [[`${name}.entry.1.key`, 'a b'], ...item.pairs] }
    }
    case 'number':
      return { value: 7, pairs: [[name, '7']] }
    case 'boolean':
      return { value: true, pairs: [[name, 'true']] }
    case 'timestamp':
      return { value: new Date(1_700_000_000_000), pairs: [[name, '2023-11-14T22:13:20Z']] }
    case 'blob':
      return { value: Buffer.from([0, 255, 62]), pairs: [[name, 'AP8+']] }
    case 'string': {
      const enumeration = enumMembers[key] && Object.values((sesSdk as unknown as Record<string, Record<string, string>>)[enumMembers[key]] ?? {})[0]
      const text = enumeration || 'ä & b=c + 100%'
      return { value: text, pairs: [[name, text]] }
    }
  }
}

test('every input of SES v1 is read as its client wrote it', () => {
  assert.equal(schema.operations.length, 71)
  for (const { name, input } of schema.operations) {
    const { value, pairs } = sample(input, '', '')
    const result = read(name, new URLSearchParams([['Action', name], ...pairs]).toString())
    assert.ok(!result.refusal, `${name}: ${result.refusal?.message}`)
    assert.deepEqual(result.input, value, name)
  }
})

test('every output of SES v1 is well-formed XML', () => {
  for (const { name, output } of schema.operations) {
    const xml = operations.get(name)?.write(sample(output, '', '').value as object, 'id') ?? ''
    assert.ok(
      xml.startsWith(`<${name}Response xmlns="urn:x">`) && xml.endsWith(`<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></${name}Response>`),
    )
    assert.equal(xml.includes(`<${name}Result`), output.name !== 'Unit', name)
    assertBalanced(xml)
  }
})

test('the errors of the client have their wire codes', () => {
  const codes = Object.fromEntries(schema.errors.map(({ name, code }) => [name, code]))
  assert.equal(codes.ConfigurationSetDoesNotExistException, 'ConfigurationSetDoesNotExist')
  assert.equal(codes.AccountSendingPausedException, 'AccountSendingPausedException')
  assert.deepEqual(schema.errors.find(({ name }) => name === 'EventDestinationDoesNotExistException')?.members, [
    'ConfigurationSetName',
    'EventDestinationName',
  ])
})

test('lists and maps: gaps, order, empty, flattened, absent', () => {
  const to = (form: string) => {
    const { input, refusal } = read('SendEmail', `Source=a&Message.Subject.Data=b&Message.Body.Text.Data=c&${form}`)
    assert.ok(!refusal, refusal?.message)
    return (input.Destination as { ToAddresses?: string[] } | undefined)?.ToAddresses
  }
  const at = 'Destination.ToAddresses'
  assert.deepEqual(to(`${at}.member.10=z&${at}.member.2=b&${at}.member.1=a`), ['a', 'b', 'z'])
  assert.deepEqual(to(`${at}=`), [])
  assert.deepEqual(to(`${at}.1=a&${at}.2=b`), ['a', 'b'])
  assert.deepEqual(to(`${at}.member.x=a&${at}.member.1=b`), ['b'])
  assert.equal(to('Destination='), undefined)
})

test('faults of a form: missing, of the wrong kind, outside the enumeration', () => {
  assert.match(read('SendEmail', 'Source=a').refusal?.message ?? '', /^2 validation errors detected: Value at 'destination' .*; Value at 'message' failed/)
  assert.equal(read('GetIdentityDkimAttributes', 'Identities.member.1.x=a').refusal?.message, 'Unexpected complex element')
  assert.equal(read('ListIdentities', 'MaxItems=many').refusal?.message, "'many' can not be converted to Integer")
  assert.match(read('ListIdentities', 'IdentityType=DOMAIN').refusal?.message ?? '', /enum value set: \[Domain, EmailAddress\]/)
  assert.match(read('SendRawEmail', 'RawMessage.Data=*').refusal?.row.exception ?? '', /Serialization/)
})

test('a form has bounds, and hostile names name nothing', () => {
  assert.equal(parseForm('&'.repeat(formParametersMax)), undefined)
  assert.ok(parseForm('&'.repeat(formParametersMax - 1)))
  assert.equal(parseForm(`${'a.'.repeat(formDepthMax)}a=b`)?.children.size, 0)
  assert.deepEqual(read('SendRawEmail', '__proto__.x=1&RawMessage.Data=eA==&constructor=1').input, { RawMessage: { Data: Buffer.from('x') } })
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (form) => {
      for (const name of ['SendRawEmail', 'SendBulkTemplatedEmail', 'GetIdentityPolicies']) read(name, form)
    }),
    { numRuns: 300 },
  )
})

test('XML says any text in a way that every parser takes', () => {
  assert.equal(xmlText('<a href="x">&\r\n\0\ud800'), '&lt;a href=&quot;x&quot;&gt;&amp;&#xD;\n\ufffd\ufffd')
  assert.equal(xmlElement('A', ''), '<A/>')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const xml = errorXml('urn:x', text, { code: text, message: text, isSender: true, facts: { Name: text } })
      assertBalanced(xml)
      assert.doesNotMatch(xml, /[\0-\x08\x0b-\x1f\ufffe\uffff]/)
    }),
    { numRuns: 300 },
  )
})

test('the generated table is fresh and names members that exist', () => {
  const members = new Set(schema.structures.flatMap((structure: Structure) => structure.members.map((member) => `${structure.name}.${member.name}`)))
  assert.deepEqual(
    Object.keys(enumMembers).filter((key) => !members.has(key)),
    [],
  )
  const file = 'ses-v1-enum-members.ts'
  assert.equal(readFileSync(join(import.meta.dirname, file), 'utf8'), enumMembersText(file), 'stale: run tools/generate-enum-members.ts')
})

/** Tags open and close in order, and nothing else holds a bracket or a bare ampersand. */
function assertBalanced(xml: string): void {
  const open: string[] = []
  const rest = xml.replace(/<(\/?)([A-Za-z]\w*)(?: xmlns="[^"<]*")?(\/?)>/g, (_whole, close: string, name: string, empty: string) => {
    if (close) assert.equal(open.pop(), name, xml)
    else if (!empty) open.push(name)
    return ''
  })
  assert.deepEqual(open, [], xml)
  assert.doesNotMatch(rest, /[<>]|&(?!(amp|lt|gt|quot|#xD);)/, xml)
}
