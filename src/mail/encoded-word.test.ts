// Proves that header text survives the way out and back, by our own decoder and by an independent reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { decodeWords, encodeUnstructured } from './encoded-word.ts'

const unfolded = (value: string) => value.replace(/\r\n(?=[ \t])/g, '')
const anyText = fc
  .oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 50 }))
  .filter((text) => !/[\r\n\0]/.test(text) && !text.includes('=?'))

test('any text without line breaks comes back, and its lines fit', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const value = encodeUnstructured(text, 9)
      assert.match(value, /^[\r\n -~]*$/)
      assert.ok(!/\r\n[^ ]/.test(value))
      assert.ok(!value.endsWith('\r\n'))
      for (const [index, line] of value.split('\r\n').entries()) assert.ok(line.length + (index === 0 ? 9 : 0) <= 998)
      for (const [word] of value.matchAll(/=\?\S+\?=/g)) assert.ok(word.length <= 75, word)
      assert.equal(decodeWords(unfolded(value)), text.toWellFormed())
    }),
    { numRuns: 500 },
  )
})

test('an independent reader shows the same subject', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((text) => !/[\0-\x1f\x7f]|=\?/.test(text) && text === text.trim()),
      async (text) => {
        const mail = await PostalMime.parse(`Subject: ${encodeUnstructured(text, 9)}\r\n\r\n.`)
        // The reader collapses white space of folded ASCII lines.
        assert.equal((mail.subject ?? '').replace(/\s+/g, ' '), text.replace(/\s+/g, ' '))
      },
    ),
    { numRuns: 150 },
  )
})

test('a subject that was encoded by the application passes as it is', () => {
  assert.equal(encodeUnstructured('=?utf-8?B?SsO2?= and more', 9), '=?utf-8?B?SsO2?= and more')
})

test('a long word without spaces is encoded rather than left beyond 998 octets', () => {
  const text = 'x'.repeat(3_000)
  const value = encodeUnstructured(text, 9)
  assert.ok(value.split('\r\n').every((line) => line.length <= 76))
  assert.equal(decodeWords(unfolded(value)), text)
})

test('a header full of encoded-words is read in time that grows with its length', () => {
  const started = performance.now()
  assert.equal(decodeWords('=?utf-8?q?aaaaaaaa?= '.repeat(60_000)).length, 480_001)
  assert.ok(performance.now() - started < 3_000)
})

test('decoding knows charsets, joins split characters and leaves what it does not know', () => {
  assert.equal(decodeWords('=?iso-8859-1?Q?J=F6?= x'), 'Jö x')
  assert.equal(decodeWords('=?utf-8?Q?J=C3?= =?utf-8?Q?=B6?='), 'Jö')
  assert.equal(decodeWords('=?utf-8*en?Q?a_b?='), 'a b')
  assert.equal(decodeWords('=?no-such?Q?a?= b'), '=?no-such?Q?a?= b')
  assert.equal(decodeWords('a =?utf-8?B?Yg==?= c'), 'a b c')
})
