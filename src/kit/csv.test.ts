// What is written is read again, in whatever pieces it comes; malformed text is one bad record and never more memory than the bound.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createRecordSplitter, csvField, quotedCsvField, type RawRecord, splitCsv } from './csv.ts'

const read = (bytes: Buffer, cuts: readonly number[], { bytesMax = 10_000, hasQuotes = true } = {}) => {
  const splitter = createRecordSplitter({ from: 0, bytesMax, hasQuotes })
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  const records = places.slice(1).flatMap((end, index) => splitter.push(bytes.subarray(places[index], end)))
  return [...records, ...splitter.finish()]
}

test('written rows are read again, whatever they hold and however they are cut', () => {
  const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', 'a', 'ü', ' ') }))
  const row = fc.array(field, { minLength: 1, maxLength: 5 }).filter((fields) => fields.length > 1 || fields[0]?.trim() !== '')
  fc.assert(
    fc.property(fc.array(row), fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), fc.boolean(), (rows, cuts, end, quoteAll) => {
      const write = quoteAll ? quotedCsvField : csvField
      const bytes = Buffer.from(rows.map((fields) => fields.map(write).join(',') + end).join(''))
      const records = read(bytes, cuts)
      assert.deepEqual(
        records.map((record) => splitCsv(record.bytes.toString())),
        rows.map((fields) => fields.map((text) => Buffer.from(text).toString())),
      )
      assert.equal(records.at(-1)?.end ?? 0, bytes.length)
    }),
  )
})

test('reading goes on behind any record as if it had begun there', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a') }), fc.array(fc.nat()), fc.boolean(), (text, cuts, hasQuotes) => {
      const bytes = Buffer.from(text)
      const all = read(bytes, cuts, { hasQuotes })
      for (const [index, { end }] of all.entries()) {
        const splitter = createRecordSplitter({ from: end, bytesMax: 10_000, hasQuotes })
        const rest = [...splitter.push(bytes.subarray(end)), ...splitter.finish()]
        assert.deepEqual(
          rest.map((record) => [record.bytes.toString(), record.end]),
          all.slice(index + 1).map((record) => [record.bytes.toString(), record.end]),
        )
      }
    }),
  )
})

test('records that are too long end at the same place, however they are cut and wherever the reading began', () => {
  const text = fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a', ' '), maxLength: 60 })
  const shown = (records: readonly RawRecord[]) => records.map(({ bytes, end, isTooLong }) => [bytes.toString(), end, isTooLong])
  fc.assert(
    fc.property(text, fc.array(fc.nat()), fc.boolean(), (given, cuts, hasQuotes) => {
      const bytes = Buffer.from(given)
      const all = read(bytes, [], { bytesMax: 8, hasQuotes })
      assert.deepEqual(shown(read(bytes, cuts, { bytesMax: 8, hasQuotes })), shown(all))
      for (const [index, { end }] of all.entries()) {
        const splitter = createRecordSplitter({ from: end, bytesMax: 8, hasQuotes })
        assert.deepEqual(shown([...splitter.push(bytes.subarray(end)), ...splitter.finish()]), shown(all.slice(index + 1)))
      }
    }),
    { numRuns: 2_000 },
  )
})

test('blank lines are passed over, millions of them in no time', () => {
  const lines = read(Buffer.from('\n \t\r\n\r\na\n\n  \n"b"\n \r\n'), [2, 9])
  assert.deepEqual(
    lines.map(({ bytes, end }) => [bytes.toString(), end]),
    [
      ['a', 9],
      ['"b"', 17],
    ],
  )
  const begun = performance.now()
  assert.deepEqual(read(Buffer.alloc(4_000_000, '\n'), []), [])
  assert.ok(performance.now() - begun < 1_000, 'each costs as much as a record')
})

test('malformed records', () => {
  assert.deepEqual(splitCsv('a@b.test,false,{"Name": "John"},OPT_IN'), ['a@b.test', 'false', '{"Name": "John"}', 'OPT_IN'])
  assert.equal(splitCsv('"x"junk,y'), undefined)
  assert.equal(splitCsv('"never closed'), undefined)
  assert.deepEqual(splitCsv(''), [''])
  assert.deepEqual(splitCsv('a,'), ['a', ''])
  const long = read(Buffer.from(`a,"${'x'.repeat(100)}\nb\nc,d\ne\n`), [7, 50], { bytesMax: 20 })
  assert.deepEqual(
    long.map(({ bytes, isTooLong }) => [bytes.length, isTooLong]),
    [
      [20, true],
      [1, false],
      [3, false],
      [1, false],
    ],
  )
  assert.deepEqual(
    read(Buffer.from('\n  \n\r\na\n\n'), []).map(({ bytes }) => bytes.toString()),
    ['a'],
  )
})
