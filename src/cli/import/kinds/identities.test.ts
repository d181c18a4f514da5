// What an identity says about itself on its way: keys that nobody can read, and addresses that would be sent a mail.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DkimAttributes } from '@aws-sdk/client-sesv2'
import type { Account } from '../kind.ts'
import { identities } from './identities.ts'

const scope = { tenants: [], verifyAddresses: false }

async function readWith(DkimAttributes: DkimAttributes) {
  const sent: unknown[] = []
  const send = async (command: { input: unknown }) => {
    sent.push(command.input)
    return {
      $metadata: {},
      DkimAttributes,
      FeedbackForwardingStatus: true,
      Tags: [
        { Key: 'aws:made-by', Value: 'x' },
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '1' },
      ],
    }
  }
  const account = { client: { send }, arnBase: 'arn:aws:ses:us-east-1:111122223333:' } as unknown as Account
  const found = await identities.read(account, 'shop.test', scope)
  assert.ok(found)
  return { account, sent, ...found }
}

test('a key of the customer stays behind, is told, and the domain starts with Easy DKIM', async () => {
  const { account, sent, parts, notes = [] } = await readWith({ SigningAttributesOrigin: 'EXTERNAL', SigningEnabled: true, Tokens: ['own'] })
  assert.match(notes.join('\n'), /private key of your own \(BYODKIM\) cannot be read/)
  assert.ok('KeyLength' in parts && parts.KeyLength === undefined)
  await identities.create(account, 'shop.test', parts)
  assert.deepEqual(sent.at(-1), {
    EmailIdentity: 'shop.test',
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ],
  })
})

test('Easy DKIM keeps its key length, a parent of another region is told', async () => {
  const easy = await readWith({ SigningAttributesOrigin: 'AWS_SES', SigningEnabled: true, NextSigningKeyLength: 'RSA_1024_BIT' })
  assert.equal(easy.parts.KeyLength, 'RSA_1024_BIT')
  assert.equal(easy.notes?.length, 1)
  const parent = await readWith({ SigningAttributesOrigin: 'AWS_SES_EU_WEST_1', SigningEnabled: true, NextSigningKeyLength: 'RSA_2048_BIT' })
  assert.match(parent.notes?.join('\n') ?? '', /a replica of Deterministic Easy DKIM starts with Easy DKIM of its own/)
})

test('an address comes along only when the command says so', () => {
  assert.match(identities.leftOut?.('ann@shop.test', scope) ?? '', /--verify-addresses/)
  assert.equal(identities.leftOut?.('ann@shop.test', { ...scope, verifyAddresses: true }), undefined)
  assert.equal(identities.leftOut?.('shop.test', scope), undefined)
})
