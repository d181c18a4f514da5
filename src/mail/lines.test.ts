// Proves line ends, the quick look, and quoted-printable.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hasBareNewline, toLines } from './lines.ts'
import { decodeQuotedPrintable, encodeBase64Lines, encodeQuotedPrintable } from './quoted-printable.ts'

const text = (bytes: Buffer) => bytes.toString('latin1')

test('a CR or LF that stands alone is found wherever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', '.'), { maxLength: 12 }), (pieces) => {
      const sample = pieces.join('')
      assert.equal(hasBareNewline(sample), /\r(?!\n)|(?<!\r)\n/.test(sample), JSON.stringify(sample))
    }),
    { numRuns: 2_000 },
  )
})

test('canonical bytes come back untouched, as the same buffer', () => {
  for (const sample of ['a\r\nb\r\n', '', '\r\n\r\n', `${'x'.repeat(998)}\r\n`]) {
    const bytes = Buffer.from(sample)
    const lines = toLines(bytes)
    assert.equal(lines.bytes, bytes)
    assert.equal(lines.plain, true)
  }
})

test('every smuggling vector ends as CRLF', () => {
  for (const vector of ['a\n.\nb', 'a\n.\r\nb', 'a\r.\rb', 'a\r.\r\nb', 'a\r\n.\nb', 'a\r\n.\rb']) {
    assert.equal(text(toLines(Buffer.from(vector)).bytes), 'a\r\n.\r\nb\r\n', JSON.stringify(vector))
  }
})

test('8-bit, NUL and long lines are not plain', () => {
  assert.equal(toLines(Buffer.from('ä\r\n')).plain, false)
  assert.equal(toLines(Buffer.from('\0\r\n')).plain, false)
  assert.equal(toLines(Buffer.from(`${'x'.repeat(999)}\r\n`)).plain, false)
})

test('thousands of short lines are judged like few', () => {
  const many = '\r\n'.repeat(20_000)
  for (const [tail, plain, canonical] of [
    ['', true, true],
    [`${'x'.repeat(998)}\r\n`, true, true],
    [`${'x'.repeat(999)}\r\n`, false, true],
    ['a\nb\r\n', true, false],
    ['a\rb\r\n', true, false],
    ['a\r', true, false],
    ['a', true, false],
  ] as const) {
    const bytes = Buffer.from(many + tail)
    const lines = toLines(bytes)
    assert.equal(lines.plain, plain, JSON.stringify(tail))
    assert.equal(lines.bytes === bytes, canonical, JSON.stringify(tail))
    assert.doesNotMatch(text(lines.bytes), /\r(?!\n)|(?<!\r)\n/)
  }
})

test('whatever comes in, no CR or LF stands alone afterwards, and a second pass changes nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', 'a', 'é', '\0', '.'), { maxLength: 60 }), (pieces) => {
      const { bytes } = toLines(Buffer.from(pieces.join('')))
      assert.doesNotMatch(text(bytes), /\r(?!\n)|(?<!\r)\n/)
      assert.equal(toLines(bytes).bytes, bytes)
    }),
    { numRuns: 1_000 },
  )
})

test('quoted-printable carries any bytes in lines of at most 76', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const encoded = encodeQuotedPrintable(bytes, 'binary')
      assert.match(encoded, /^[\r\n\t -~]*$/)
      assert.ok(encoded.split('\r\n').every((line) => line.length <= 76 && !/[ \t]$/.test(line)))
      assert.deepEqual(new Uint8Array(decodeQuotedPrintable(Buffer.from(encoded))), bytes)
    }),
    { numRuns: 500 },
  )
  const lines = Buffer.from(`${'ü'.repeat(100)} \r\n=\t\r\n\r\nend `)
  assert.deepEqual(decodeQuotedPrintable(Buffer.from(encodeQuotedPrintable(lines, 'text'))), lines)
})

test('base64 lines have at most 76 characters and carry any bytes', () => {
  for (const length of [0, 1, 56, 57, 58, 114, 1_000]) {
    const bytes = Buffer.alloc(length, 200)
    const encoded = encodeBase64Lines(bytes)
    assert.ok(encoded.split('\r\n').every((line) => line.length <= 76))
    assert.deepEqual(Buffer.from(encoded, 'base64'), bytes)
  }
})
