// Keys that customers bring, and what a change of settings does to tokens and keys.
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { isRefusal } from '../model/refusal.ts'
import { changeSigning, judgeSigning, sealKey } from './dkim-settings.ts'

const sealer = createSealer(Buffer.alloc(32, 1), systemRandom)
const nothing = { origin: undefined, selector: undefined, privateKey: undefined, nextKeyLength: undefined }
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey
const small = rsa(1_024)

test('a key of the customer is taken in both encodings and signs', () => {
  for (const type of ['pkcs1', 'pkcs8'] as const) {
    const privateKey = small.export({ type, format: 'der' }).toString('base64')
    const dkim = judgeSigning(systemRandom, sealer, { ...nothing, selector: 'Sel-1', privateKey })
    assert.ok(!isRefusal(dkim) && dkim.key)
    assert.deepEqual([dkim.origin, dkim.tokens, dkim.status, dkim.key.bits], ['EXTERNAL', ['sel-1'], 'PENDING', 1_024])
    const signature = sign('sha256', Buffer.from('x'), createPrivateKey(sealer.open(dkim.key.sealedPrivateKey)))
    const publicKey = createPublicKey({ key: Buffer.from(dkim.key.publicKey, 'base64'), format: 'der', type: 'spki' })
    assert.ok(verify('sha256', Buffer.from('x'), publicKey, signature))
  }
})

test('other keys, half a pair and mixed requests are refused', () => {
  const der = (key: typeof small) => key.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  const wrong = [
    { selector: 's', privateKey: der(rsa(512)) },
    { selector: 's', privateKey: der(rsa(3_072)) },
    { selector: 's', privateKey: der(generateKeyPairSync('ed25519').privateKey as typeof small) },
    { selector: 's', privateKey: 'AAAA' },
    { selector: 's', privateKey: small.export({ type: 'pkcs8', format: 'pem' }).toString() },
    { selector: '-s', privateKey: der(small) },
    { selector: 'a.b', privateKey: der(small) },
    { selector: 's' },
    { privateKey: der(small) },
    { origin: 'AWS_SES', selector: 's', privateKey: der(small) },
    { origin: 'EXTERNAL', selector: 's', privateKey: der(small), nextKeyLength: 'RSA_2048_BIT' },
    { origin: 'AWS_SES_EU_WEST_1' },
    { origin: 'OTHER' },
    { nextKeyLength: 'RSA_4096_BIT' },
  ]
  for (const request of wrong)
    assert.ok(isRefusal(judgeSigning(systemRandom, sealer, { ...nothing, ...request })), Object.values(request).join(' ').slice(0, 40))
})

test('another key length moves to the next token, keeps the records of the customer, and happens at most once a day', () => {
  const fresh = judgeSigning(systemRandom, sealer, nothing)
  assert.ok(!isRefusal(fresh))
  assert.ok(fresh.tokens.every((token) => /^[a-z0-9]{32}$/.test(token)) && new Set(fresh.tokens).size === 3)
  const present = { ...fresh, key: sealKey(sealer, small), status: 'SUCCESS' as const, signingEnabled: false }
  const easy = { ...nothing, origin: 'AWS_SES' }
  assert.equal(changeSigning(systemRandom, sealer, present, { ...easy, nextKeyLength: 'RSA_2048_BIT' }, 1), present)
  const changed = changeSigning(systemRandom, sealer, present, { ...easy, nextKeyLength: 'RSA_1024_BIT' }, 1)
  assert.ok(!isRefusal(changed))
  assert.deepEqual([...changed.tokens].sort(), [...present.tokens].sort())
  assert.notEqual(changed.tokens[0], present.tokens[0])
  assert.deepEqual(changed.retiredKey, { token: present.tokens[0], publicKey: present.key.publicKey })
  assert.deepEqual([changed.status, changed.key, changed.signingEnabled], ['PENDING', undefined, false])
  const withKey = { ...changed, key: sealKey(sealer, small) }
  assert.ok(isRefusal(changeSigning(systemRandom, sealer, withKey, { ...easy, nextKeyLength: 'RSA_2048_BIT' }, 86_400_000)))
  assert.ok(!isRefusal(changeSigning(systemRandom, sealer, withKey, { ...easy, nextKeyLength: 'RSA_2048_BIT' }, 86_400_001)))
})
