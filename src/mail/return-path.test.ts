// Return path tokens: round trip, forgery, age, and an HMAC that agrees with node's.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { fromBase32 } from '../kit/base32.ts'
import { mintMessageId } from '../model/message-id.ts'
import { openReturnPathTokens, returnPath } from './return-path.ts'

const key = Buffer.alloc(32, 3)
const tokens = openReturnPathTokens(key)
const at = Date.UTC(2026, 10, 24)
const messageId = mintMessageId(at, 'be13a01e-dbf1-44b7-b876-3622165dacc1')

test('a token names its recipient, fits a local part and survives upper case', () => {
  const token = tokens.mint(messageId, 41)
  const localPart = returnPath(token, 'mail.test').split('@')[0] ?? ''
  assert.ok(localPart.length <= 64, `${localPart.length} characters`)
  assert.deepEqual(tokens.verify(localPart, at), { messageId, recipientIndex: 41 })
  assert.deepEqual(tokens.verify(localPart.toUpperCase(), at), { messageId, recipientIndex: 41 })
  assert.deepEqual(tokens.verify(token, at), { messageId, recipientIndex: 41 })
})

test('the signature is HMAC-SHA256 cut to ten bytes', () => {
  const [payload = '', mac = ''] = tokens.mint(messageId, 7).split('.')
  const expected = createHmac('sha256', key)
    .update(fromBase32(payload) ?? '')
    .digest()
    .subarray(0, 10)
  assert.deepEqual(fromBase32(mac), expected)
})

test('no changed character and no other key passes', () => {
  const token = tokens.mint(messageId, 0)
  for (let i = 0; i < token.length; i++) {
    const changed = token.slice(0, i) + (token[i] === 'a' ? 'b' : 'a') + token.slice(i + 1)
    assert.equal(tokens.verify(changed, at), undefined, `position ${i}`)
  }
  assert.equal(openReturnPathTokens(Buffer.alloc(32, 4)).verify(token, at), undefined)
  for (const text of ['', 'b+', '.', 'a.b', `${token}.x`, 'postmaster', `${token.split('.')[0]}.`]) assert.equal(tokens.verify(text, at), undefined)
})

test('a token lives 35 days', () => {
  const token = tokens.mint(messageId, 0)
  assert.ok(tokens.verify(token, at + 35 * 86_400_000))
  assert.equal(tokens.verify(token, at + 35 * 86_400_000 + 1), undefined)
})
