// Shorthand: what the AWS CLI's guide shows, faults, and any value there and back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FileReference, parseShorthand, type ShorthandValue } from './shorthand.ts'

const cases: [string, ShorthandValue][] = [
  ['ToAddresses=a@x.test', { ToAddresses: 'a@x.test' }],
  ['ToAddresses=a@x.test,b@y.test,CcAddresses=c@z.test', { ToAddresses: ['a@x.test', 'b@y.test'], CcAddresses: 'c@z.test' }],
  ['Key=plan,Value=gold', { Key: 'plan', Value: 'gold' }],
  ['Key=plan, Value=gold', { Key: 'plan', Value: 'gold' }],
  ['Key=plan,Value=', { Key: 'plan', Value: '' }],
  ['Values=a,', { Values: ['a'] }],
  ['Values=[a,b]', { Values: ['a', 'b'] }],
  ['Values=[]', { Values: [] }],
  [
    'Simple={Subject={Data=Hello there},Body={Text={Data=Good\\, morning}}}',
    { Simple: { Subject: { Data: 'Hello there' }, Body: { Text: { Data: 'Good, morning' } } } },
  ],
  ['A=[{B=1},{B=2}],C=3', { A: [{ B: '1' }, { B: '2' }], C: '3' }],
  [`A="x,y=z",B='it\\'s'`, { A: 'x,y=z', B: "it's" }],
  ['Url=https://x.test/?a=b,Other=c', { Url: 'https://x.test/?a=b', Other: 'c' }],
  ['A=a\\nb', { A: 'a\\nb' }],
]

for (const [text, value] of cases) {
  test(`reads ${text}`, () => assert.deepEqual(plain(parseShorthand(text)), value))
}

test('a key may take its value from a file', () => {
  const { Raw } = parseShorthand('Raw={Data@=fileb://mail.eml}') as { Raw: { Data: FileReference } }
  assert.ok(Raw.Data instanceof FileReference)
  assert.equal(Raw.Data.url, 'fileb://mail.eml')
})

for (const [text, expected] of [
  ['', /Expected: a key, received: end of input/],
  ['Key', /Expected: '=', received: end of input/],
  ['A={B=1', /Expected: ',' or '\}'/],
  ['A=[1,2', /Expected: ',' or '\]'/],
  ['A="x', /Expected: a closing "/],
  ['A=1,A=2', /Second instance of key "A"/],
  ['A={B=1}x', /Expected: ','/],
  [`A=${'['.repeat(50_000)}`, /nested deeper than 32/],
] as const) {
  test(`refuses ${text.slice(0, 20)}`, () => assert.throws(() => parseShorthand(text), { name: 'CommandFailure', exitCode: 252, message: expected }))
}

const key = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/).filter((name) => name !== '__proto__')
const { value: anyValue } = fc.letrec<{ value: ShorthandValue; object: { [key: string]: ShorthandValue } }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'binary' }), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
}))

test('any value survives being written and read', () => {
  fc.assert(
    fc.property(fc.dictionary(key, anyValue, { minKeys: 1, maxKeys: 3, noNullPrototype: true }), (object) => {
      assert.deepEqual(plain(parseShorthand(write(object).slice(1, -1))), object)
    }),
    { numRuns: 300 },
  )
})

test('any text is read or refused, never worse', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ab=,[\]{}"'\\@]*$/)), (text) => {
      try {
        parseShorthand(text)
      } catch (fault) {
        assert.equal((fault as Error).name, 'CommandFailure')
      }
    }),
    { numRuns: 1_000 },
  )
})

function write(value: ShorthandValue): string {
  if (typeof value === 'string') return `"${value.replace(/[\\"]/g, '\\$&')}"`
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${write(member)}`)
    .join(',')}}`
}

// Without the missing prototype of what the parser builds.
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)])) : value
}
