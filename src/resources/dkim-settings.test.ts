// Keys that customers bring, and what a change of settings does to tokens and keys.
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { isRefusal } from '../model/refusal.ts'
import { changeSigning, judgeSigning, sealKey } from './dkim-settings.ts'
import { ownTokens } from './put-identity.ts'
import { endChange, signingKey } from './signing-key.ts'

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
    { origin: 'AWS_SES_EU_WEST_1', nextKeyLength: 'RSA_2048_BIT' },
    { origin: 'AWS_SES_EU_WEST_1', selector: 's', privateKey: der(small) },
    { origin: 'AWS_SES_' },
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
  // What signs now goes on, and its record is answered for mail under way once it no longer does.
  assert.deepEqual(signingKey({ ...changed, signingEnabled: true }), { selector: present.tokens[0], key: present.key })
  assert.deepEqual(endChange(changed, 5), changed, 'not before the new record was seen')
  const ended = endChange({ ...changed, key: sealKey(sealer, rsa(1_024)), status: 'SUCCESS' }, 5)
  assert.deepEqual(ended.retiredKey, { token: present.tokens[0], publicKey: present.key.publicKey, at: 5 })
  assert.deepEqual([signingKey(ended)?.selector, ended.outgoing], [changed.tokens[0], undefined])
  assert.deepEqual([changed.status, changed.key, changed.signingEnabled], ['PENDING', undefined, false])
  const withKey = { ...changed, key: sealKey(sealer, small) }
  assert.ok(isRefusal(changeSigning(systemRandom, sealer, withKey, { ...easy, nextKeyLength: 'RSA_2048_BIT' }, 86_400_000)))
  assert.ok(!isRefusal(changeSigning(systemRandom, sealer, withKey, { ...easy, nextKeyLength: 'RSA_2048_BIT' }, 86_400_001)))
})

test('a change that is asked for twice keeps what signs, and the day counts from its last signature', () => {
  const fresh = judgeSigning(systemRandom, sealer, nothing)
  assert.ok(!isRefusal(fresh))
  const day = 86_400_000
  const easy = { ...nothing, origin: 'AWS_SES' }
  const present = { ...fresh, key: sealKey(sealer, small), status: 'SUCCESS' as const }
  const change = (from: typeof fresh, nextKeyLength: string, now: number) => {
    const changed = changeSigning(systemRandom, sealer, from, { ...easy, nextKeyLength }, now)
    assert.ok(!isRefusal(changed))
    return changed
  }
  const first = change(present, 'RSA_1024_BIT', 1)
  const second = change(first, 'RSA_2048_BIT', 1 + day)
  assert.deepEqual([second.tokens, second.outgoing], [first.tokens, first.outgoing], 'the selector that never signed gets the other key')
  const ended = endChange({ ...second, key: sealKey(sealer, small), status: 'SUCCESS' }, 3 * day)
  assert.ok(isRefusal(changeSigning(systemRandom, sealer, ended, { ...easy, nextKeyLength: 'RSA_1024_BIT' }, 4 * day - 1)))
  const third = change(ended, 'RSA_1024_BIT', 4 * day)
  assert.equal(third.tokens[0], present.tokens[2])
  assert.equal(endChange({ ...third, status: 'FAILED' }, 8 * day).retiredKey?.at, 8 * day, 'nobody looks any more, so nothing signs')
})

test('between Easy DKIM and a key of the customer the one before signs until the other is seen, and can be called back', () => {
  const fresh = judgeSigning(systemRandom, sealer, nothing)
  assert.ok(!isRefusal(fresh))
  const present = { ...fresh, key: sealKey(sealer, small), status: 'SUCCESS' as const }
  const own = { ...nothing, origin: 'EXTERNAL', selector: 'sel', privateKey: small.export({ type: 'pkcs8', format: 'der' }).toString('base64') }
  const changed = changeSigning(systemRandom, sealer, present, own, 1)
  assert.ok(!isRefusal(changed))
  assert.deepEqual([changed.origin, changed.tokens, signingKey(changed)?.selector], ['EXTERNAL', ['sel'], present.tokens[0]])
  assert.deepEqual(ownTokens(changed), present.tokens)
  const back = changeSigning(systemRandom, sealer, changed, { ...nothing, origin: 'AWS_SES' }, 2)
  assert.ok(!isRefusal(back))
  assert.deepEqual([back.status, back.tokens, signingKey(back)], ['SUCCESS', present.tokens, signingKey(present)])
  const ended = endChange({ ...changed, status: 'SUCCESS' }, 3)
  assert.deepEqual([signingKey(ended)?.selector, ownTokens(ended)], ['sel', [present.tokens[0]]])
  const easyAgain = changeSigning(systemRandom, sealer, ended, { ...nothing, origin: 'AWS_SES' }, 4)
  assert.ok(!isRefusal(easyAgain))
  assert.equal(signingKey(easyAgain)?.selector, 'sel')
  assert.equal(ownTokens(easyAgain).length, 4, 'three new tokens, and the one that mail under way was signed with')
})
