// The end of a prefix is the smallest text behind everything that begins with it, in the order of UTF-8 bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { endOfPrefix } from './record-reads.ts'

const compare = (left: string, right: string) => Buffer.compare(Buffer.from(left), Buffer.from(right))

test('every text is before the end of a prefix exactly when it is before the prefix or begins with it', () => {
  const text = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}'), maxLength: 4 })
  fc.assert(
    fc.property(text, text, (prefix, other) => {
      const end = endOfPrefix(prefix)
      const within = other.startsWith(prefix) || compare(other, prefix) < 0
      assert.equal(end === undefined || compare(other, end) < 0, within)
    }),
    { numRuns: 2_000 },
  )
})
