// Page tokens open only in the list they were made for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openPageToken, sealPageToken } from './page-token.ts'

const key = Buffer.alloc(32, 7)

test('a token gives its position back in its own scope and nowhere else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), fc.string(), (position, scope, other) => {
      const token = sealPageToken(key, scope, position)
      assert.equal(openPageToken(key, scope, token), position)
      if (other !== scope) assert.equal(openPageToken(key, other, token), undefined)
      assert.equal(openPageToken(Buffer.alloc(32, 8), scope, token), undefined)
    }),
  )
})

test('scope and position do not run into each other', () => {
  assert.equal(openPageToken(key, 'ab', sealPageToken(key, 'a', 'bc')), undefined)
})

test('an altered, foreign, empty or enormous token opens nothing', () => {
  const token = sealPageToken(key, 'list', 'position')
  for (const bad of ['', 'x', `${token}=`, `${token}A`, `${token} `, `A${token.slice(1)}`, token.slice(0, -1), 'A'.repeat(100_000)])
    assert.equal(openPageToken(key, 'list', bad), undefined, bad.slice(0, 60))
})
