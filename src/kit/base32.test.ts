// Base32: the vectors of RFC 4648 §10, both cases, and what is refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBase32, toBase32 } from './base32.ts'

test('the vectors of RFC 4648', () => {
  const vectors = { '': '', f: 'my', fo: 'mzxq', foo: 'mzxw6', foob: 'mzxw6yq', fooba: 'mzxw6ytb', foobar: 'mzxw6ytboi' }
  for (const [clear, text] of Object.entries(vectors)) {
    assert.equal(toBase32(Buffer.from(clear)), text)
    assert.equal(fromBase32(text.toUpperCase())?.toString(), clear)
  }
})

test('foreign characters and loose bits are refused', () => {
  for (const text of ['m1', 'my======', 'mz', 'a', 'm y']) assert.equal(fromBase32(text), undefined, text)
})
