// Every row has a code that clients of the query protocol know: one of the client's model, or a common one, which never ends in "Exception".
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sesSdk from '@aws-sdk/client-ses'
import { type RefusalName, refusals, refuse } from '../model/refusal.ts'
import { readServiceSchema } from './protocols/schema.ts'
import { queryRefusalAnswer } from './query-refusal.ts'

const schema = { namespace: 'urn:x', errors: readServiceSchema(sesSdk).errors }
const modelled = new Set(schema.errors.map(({ code }) => code))

test('every refusal has a code of the query protocol, and a status that fits its type', () => {
  for (const name of Object.keys(refusals) as RefusalName[]) {
    const { status, body } = queryRefusalAnswer(refuse(name, { text: '<&>' }), 'id', { schema })
    const [, type, code = ''] = /<Type>(\w+)<\/Type><Code>(\w+)<\/Code><Message>[^<]+<\/Message>/.exec(String(body)) ?? []
    assert.ok(modelled.has(code) || !code.endsWith('Exception'), `${name}: ${code}`)
    assert.equal(type, status < 500 ? 'Sender' : 'Receiver', name)
    const model = schema.errors.find((error) => error.code === code)
    if (model) assert.equal(status, model.status, name)
  }
})

test('one row has different codes in different actions', () => {
  const code = (name: RefusalName, action: string, text = 'x', input = {}) =>
    /<Code>(\w+)</.exec(String(queryRefusalAnswer(refuse(name, { text }), 'id', { schema, action, input }).body))?.[1]
  assert.equal(code('AlreadyExists', 'CreateTemplate'), 'AlreadyExists')
  assert.equal(code('AlreadyExists', 'CreateConfigurationSet'), 'ConfigurationSetAlreadyExists')
  assert.equal(code('InvalidRequest', 'CreateConfigurationSet'), 'InvalidConfigurationSet')
  assert.equal(code('InvalidRequest', 'CreateConfigurationSet', '1 validation error detected: x'), 'ValidationError')
  assert.equal(code('InvalidRequest', 'CreateConfigurationSetEventDestination', 'x', { EventDestination: {} }), 'InvalidParameterValue')
  assert.equal(code('InvalidRequest', 'SendEmail'), 'InvalidParameterValue')
})

test("the members of an exception repeat the request's", () => {
  const answer = queryRefusalAnswer(refuse('ConfigurationSetNotFound', { name: 'a<b' }), 'id', { schema, input: { ConfigurationSetName: 'a<b', Other: 'x' } })
  assert.match(String(answer.body), /<Message>.*<\/Message><ConfigurationSetName>a&lt;b<\/ConfigurationSetName><\/Error>/)
})
