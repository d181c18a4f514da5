// Figures from files: both forms say the same, and what is wrong is told by line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { importLinesMax } from './limits.ts'
import { type GivenLine, parseFigures } from './parse-figures.ts'

const lines = (text: string): readonly GivenLine[] => {
  const read = parseFigures(text)
  return 'fault' in read ? assert.fail(read.fault) : read
}
const faultOf = (text: string) => {
  const read = parseFigures(text)
  if ('fault' in read) return read.fault
  const [first] = read
  return first && 'fault' in first.given ? first.given.fault : undefined
}

test('JSON lines and CSV say the same', () => {
  const expected = [
    { provider: 'yahoo', by: { kind: 'tenant', name: 'acme' }, day: '2026-11-20', sent: 12_000, complaints: 9, rate: undefined },
    { provider: 'gmail', by: { kind: 'domain', name: 'acme.test' }, day: '2026-11-21', sent: undefined, complaints: undefined, rate: 0.0008 },
    { provider: 'microsoft', by: { kind: 'ip', name: '192.0.2.1' }, day: '2026-11-22', sent: 100, complaints: undefined, rate: 0.001 },
  ]
  const json = [
    '{"provider":"Yahoo","tenant":"acme","day":"2026-11-20","sent":12000,"complaints":9}',
    '',
    '{"provider":"google","domain":"Acme.TEST","day":"2026-11-21","rate":"0.08%","sent":null}',
    '{"provider":"hotmail","ip":"192.0.2.1","day":"2026-11-22","rate":1e-3,"sent":"100"}',
  ].join('\r\n')
  const csv = `\ufeffprovider,Day,tenant,domain,ip,sent,complaints,rate
AOL,2026-11-20,acme,,,12000,9,

gmail,2026-11-21,,"acme.test",,,,0.08 %
outlook,2026-11-22,,,192.0.2.1,100,,0.001
`
  assert.deepEqual(
    lines(json).map(({ given }) => given),
    expected,
  )
  assert.deepEqual(
    lines(csv).map(({ given }) => given),
    expected,
  )
  assert.deepEqual(
    lines(json).map(({ line }) => line),
    [1, 3, 4],
  )
  assert.deepEqual(
    lines(csv).map(({ line }) => line),
    [2, 4, 5],
  )
})

test('what cannot be meant is refused in words', () => {
  const good = { provider: 'gmail', tenant: 'acme', day: '2026-11-20', rate: 0.001 }
  const wrong: [object, RegExp][] = [
    [{ ...good, provider: '' }, /provider/],
    [{ ...good, domain: 'acme.test' }, /one of tenant/],
    [{ ...good, tenant: undefined }, /one of tenant/],
    [{ ...good, tenant: undefined, domain: 'acme' }, /domain name/],
    [{ ...good, tenant: undefined, ip: '192.0.2' }, /IP address/],
    [{ ...good, day: '2026-02-30' }, /day must/],
    [{ ...good, day: '20.11.2026' }, /day must/],
    [{ ...good, rate: undefined }, /either complaints or rate/],
    [{ ...good, complaints: 1 }, /either complaints or rate/],
    [{ ...good, rate: 1.5 }, /percentage/],
    [{ ...good, rate: -0.1 }, /percentage/],
    [{ ...good, rate: '150%' }, /percentage/],
    [{ ...good, sent: 1.5 }, /whole numbers/],
    [{ ...good, rate: undefined, complaints: 3, sent: 2 }, /more than sent/],
    [{ ...good, tenants: 'x' }, /Unknown member: tenants/],
    [{ ...good, sent: [1] }, /text or a number/],
  ]
  for (const [given, reason] of wrong) assert.match(faultOf(JSON.stringify(given)) ?? '', reason)
  for (const [text, reason] of [
    ['', /no line/],
    ['provider,when\nx,y', /unknown column: when/],
    ['provider,day,day\nx,y,z', /twice/],
    ['provider,tenant,day,rate\ngmail,acme', /Expected 4/],
    ['{"provider"', /no JSON/],
    [`{"a":"${'x'.repeat(5_000)}"}`, /longer/],
    [`{}\n`.repeat(importLinesMax + 1), /At most/],
  ] as const)
    assert.match(faultOf(text) ?? '', reason)
})

test('any text is read, and what is taken is in its bounds', () => {
  const value = fc.oneof(fc.string(), fc.double(), fc.constantFrom('gmail', 'acme.test', '192.0.2.1', '2026-11-20', 0.001, 5))
  const record = fc.record(
    { provider: value, tenant: value, domain: value, ip: value, day: value, sent: value, complaints: value, rate: value },
    { requiredKeys: [] },
  )
  const text = fc.oneof(
    fc.string({ maxLength: 300, unit: 'binary' }),
    fc.array(record.map((one) => JSON.stringify(one))).map((all) => all.join('\n')),
    fc.array(fc.array(value).map((one) => one.join(','))).map((all) => ['provider,tenant,day,rate', ...all].join('\n')),
  )
  fc.assert(
    fc.property(text, (any) => {
      const read = parseFigures(any)
      for (const { given } of 'fault' in read ? [] : read) {
        if ('fault' in given) continue
        const { rate, sent, complaints } = given
        assert.ok(rate === undefined || (rate >= 0 && rate <= 1))
        for (const count of [sent, complaints]) assert.ok(count === undefined || Number.isSafeInteger(count))
      }
    }),
  )
})
