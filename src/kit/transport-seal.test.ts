// A secret under way opens for its receiver and its context alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSealReceiver, sealForReceiver } from './transport-seal.ts'

test('only the receiver opens it, only in its context, only unaltered', () => {
  const receiver = createSealReceiver()
  const sealed = sealForReceiver(receiver.publicKey, 'secret', 'a.test eu-west-1') ?? ''
  assert.equal(receiver.open(sealed, 'a.test eu-west-1'), 'secret')
  assert.ok(!Buffer.from(sealed, 'base64url').includes('secret'))
  assert.throws(() => receiver.open(sealed, 'b.test eu-west-1'))
  assert.throws(() => createSealReceiver().open(sealed, 'a.test eu-west-1'))
  for (const at of [0, 31, 33, 50, sealed.length - 2])
    assert.throws(() => receiver.open(`${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`, 'a.test eu-west-1'), `byte ${at}`)
  assert.notEqual(sealed, sealForReceiver(receiver.publicKey, 'secret', 'a.test eu-west-1'))
})

test('what is no public key is refused', () => {
  const zero = Buffer.alloc(32).toString('base64url')
  for (const text of ['', 'AAAA', '!'.repeat(43), `${createSealReceiver().publicKey}AA`, zero])
    assert.equal(sealForReceiver(text, 'secret', ''), undefined, text)
})
