// SNDS data as the portal writes it, and anything else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseSnds, type SndsRow } from './parse-snds.ts'

const line = (address: string, fields: Partial<Record<'start' | 'end' | 'recipients' | 'result' | 'rate' | 'traps', string>> = {}) =>
  [
    address,
    fields.start ?? '11/22/2026 10:00:00 AM',
    fields.end ?? '11/22/2026 7:00:00 PM',
    ...['1895', '1894', fields.recipients ?? '1893', fields.result ?? 'GREEN', fields.rate ?? '< 0.1%', '', '', fields.traps ?? '0'],
    ...['mail.example.net', '<b+token@mail.example.net>', ''],
  ].join(',')
const rowsOf = (text: string): readonly SndsRow[] => {
  const read = parseSnds(text)
  return 'fault' in read ? assert.fail(read.fault) : read.rows
}

test('a row in full', () => {
  assert.deepEqual(rowsOf(`${line('192.0.2.1')}\r\n`), [
    { address: '192.0.2.1', day: '2026-11-22', recipients: 1893, filterResult: 'GREEN', rate: 0, rateBelow: 0.001, trapHits: 0 },
  ])
})

test('rates, results, numbers and times in every spelling', () => {
  const rates = ['0.4%', '12%', '1.25 %', '<0.1%', '100%', ''].map((rate) => rowsOf(line('192.0.2.1', { rate }))[0])
  assert.deepEqual(
    rates.map((row) => [row?.rate, row?.rateBelow]),
    [
      [0.004, undefined],
      [0.12, undefined],
      [0.0125, undefined],
      [0, 0.001],
      [1, undefined],
      [undefined, undefined],
    ],
  )
  const results = ['RED', 'yellow', 'BLUE', ''].map((result) => rowsOf(line('192.0.2.1', { result }))[0]?.filterResult)
  assert.deepEqual(results, ['RED', 'YELLOW', undefined, undefined])
  assert.equal(rowsOf(line('192.0.2.1', { recipients: '"1,234,567"', traps: '3' }))[0]?.recipients, 1_234_567)
  const days: [string, string, string | undefined][] = [
    ['11/22/2026 12:01 AM', '11/22/2026 11:59 PM', '2026-11-22'],
    // A Pacific day in UTC: most of it is the first.
    ['11/22/2026 8:00:00 AM', '11/23/2026 7:59:59 AM', '2026-11-22'],
    ['11/22/2026 23:00', '11/22/2026 23:30', '2026-11-22'],
    ['2026-11-22T07:00:00Z', '2026-11-22T19:00:00Z', '2026-11-22'],
    ['11/23/2026 1:00 AM', '11/22/2026 1:00 AM', undefined],
    ['22/11/2026 1:00 AM', '22/11/2026 2:00 AM', undefined],
  ]
  for (const [start, end, day] of days) {
    const read = parseSnds(line('192.0.2.1', { start, end }))
    assert.equal('fault' in read ? undefined : read.rows[0]?.day, day, start)
  }
})

test('a heading, blank lines, a mark of order and bad lines among good ones', () => {
  const text = `\ufeffIP Address,Start,End\n\n${line('192.0.2.1')}\nnonsense\n${line('192.0.2.300')}\n${line('2001:db8::1', { rate: 'high' })}\n${line('2001:db8::2')}`
  const read = parseSnds(text)
  assert.ok('rows' in read)
  assert.deepEqual([read.rows.map(({ address }) => address), read.badLines], [['192.0.2.1', '2001:db8::2'], 3])
  assert.deepEqual(parseSnds(''), { rows: [], badLines: 0 })
})

test('what is no such file is told as a whole', () => {
  for (const text of ['<!DOCTYPE html><html>', '\ufeff\n <html>', 'Access denied', '{"error":1}']) assert.ok('fault' in parseSnds(text), text)
})

test('any text is read without a fault of ours, and what is read is in its bounds', () => {
  const field = fc.oneof(fc.string(), fc.constantFrom('192.0.2.1', '11/22/2026 1:00 AM', '1894', 'RED', '0.4%', '"', '<'))
  const text = fc.oneof(
    fc.string({ maxLength: 500, unit: 'binary' }),
    fc.array(fc.array(field, { maxLength: 14 }).map((fields) => fields.join(','))).map((lines) => lines.join('\n')),
  )
  fc.assert(
    fc.property(text, (any) => {
      const read = parseSnds(any)
      for (const { rate, recipients, day } of 'fault' in read ? [] : read.rows)
        assert.ok((rate === undefined || (rate >= 0 && rate <= 1)) && recipients >= 0 && /^\d{4}-\d\d-\d\d$/.test(day))
    }),
  )
})
