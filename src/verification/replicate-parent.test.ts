// A replica takes over another key of its parent without a gap: the one that signs goes on until the record of the new one is seen.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { sealKey } from '../resources/dkim-settings.ts'
import type { IdentityRecord } from '../resources/identities.ts'
import { signingKey } from '../resources/signing-key.ts'
import type { DkimParents, ParentDkim } from './dkim-parents.ts'
import { replicateParent } from './replicate-parent.ts'

const sealer = createSealer(Buffer.alloc(32, 7), systemRandom)
const newKey = () => generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey
const [first, second] = [newKey(), newKey()]
const tokens = ['a', 'b', 'c'].map((letter) => letter.repeat(32))
const answer = (key: typeof first, order = tokens): ParentDkim => ({
  tokens: order,
  zone: 'dkim.parent.test',
  key,
  nextKeyLength: 'RSA_1024_BIT',
  lastKeyGenerationAt: 5,
})

const identity: IdentityRecord = {
  ...{ name: 'shop.test', kind: 'DOMAIN', createdAt: 0, tags: [], configurationSetName: undefined, feedbackForwarding: true, mailFrom: undefined },
  ...{ verification: 'SUCCESS', verificationStartedAt: 0, lastCheckedAt: 1, lastSuccessAt: 1, lastError: undefined, nextCheckAt: 2 },
  dkim: {
    ...{ signingEnabled: true, origin: 'AWS_SES', tokens, key: sealKey(sealer, first), nextKeyLength: 'RSA_1024_BIT', lastKeyGenerationAt: 5 },
    ...{ parent: { region: 'eu-west-1', zone: 'dkim.parent.test' }, status: 'SUCCESS' },
  },
}

async function look(said: ParentDkim) {
  const parents: DkimParents = { ask: async () => said, release: async () => true }
  const replicated = await replicateParent({ parents, sealer, now: 100 }, identity)
  assert.ok(replicated?.identity.dkim)
  return replicated.identity
}

test('the same key again changes nothing that signs', async () => {
  const { dkim, verificationStartedAt } = await look(answer(first))
  assert.deepEqual([dkim?.status, dkim?.outgoing, verificationStartedAt], ['SUCCESS', undefined, 0])
})

test('another key waits for its record while the old one signs', async () => {
  const { dkim, verification, verificationStartedAt } = await look(answer(second, [...tokens.slice(1), ...tokens.slice(0, 1)]))
  assert.ok(dkim)
  assert.deepEqual([dkim.status, verification, verificationStartedAt], ['PENDING', 'SUCCESS', 100])
  assert.deepEqual(dkim.tokens[0], tokens[1])
  assert.equal(dkim.key?.publicKey, sealKey(sealer, second).publicKey)
  assert.deepEqual(
    [signingKey(dkim)?.selector, signingKey(dkim)?.key.publicKey],
    [tokens[0], sealKey(sealer, first).publicKey],
    'the old key and selector sign on',
  )
})
