// The token of an unsubscribe link: it gives back what it was made of, and nothing else is one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { unsubscribeLinkMsMax } from './limits.ts'
import { type UnsubscribeLink, unsubscribeTokens } from './unsubscribe-link.ts'

const sealer = createSealer(Buffer.alloc(32, 7), systemRandom)
const tokens = unsubscribeTokens(sealer, '111122223333')
const name = fc.stringMatching(/^[A-Za-z0-9_-]{0,64}$/)
const links: fc.Arbitrary<UnsubscribeLink> = fc.record(
  {
    listId: fc.uuid(),
    topicName: name,
    address: fc.emailAddress(),
    messageId: fc.stringMatching(/^[0-9a-f-]{1,60}$/),
    tenantName: name,
    configurationSetName: name,
    issuedAt: fc.integer({ min: 1_000_000, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
  },
  { noNullPrototype: true },
)

test('a token gives back what it was made of, always the same, and shows none of it', () => {
  fc.assert(
    fc.property(links, (link) => {
      const token = tokens.make(link)
      assert.deepEqual(tokens.read(token, link.issuedAt), link)
      assert.equal(tokens.make(link), token)
      assert.match(token, /^[A-Za-z0-9_-]+$/)
      assert.ok(!Buffer.from(token, 'base64url').includes(link.address))
    }),
  )
})

test('an altered, cut, longer or foreign token is forged', () => {
  const other = unsubscribeTokens(createSealer(Buffer.alloc(32, 8), systemRandom), '111122223333')
  const otherAccount = unsubscribeTokens(sealer, '444455556666')
  fc.assert(
    fc.property(links, fc.nat(), fc.integer({ min: 1, max: 255 }), (link, place, bits) => {
      const token = tokens.make(link)
      const bytes = Buffer.from(token, 'base64url')
      const at = place % bytes.length
      bytes[at] = (bytes[at] ?? 0) ^ bits
      const altered = [bytes.toString('base64url'), token.slice(0, -1), token.slice(0, place % token.length), `${token}A`, `${token}=`, ` ${token}`]
      for (const text of altered) assert.equal(tokens.read(text, link.issuedAt), 'forged')
      assert.equal(other.read(token, link.issuedAt), 'forged')
      assert.equal(otherAccount.read(token, link.issuedAt), 'forged')
    }),
  )
})

test('anything else is forged and throws nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.base64String()), (text) => assert.equal(tokens.read(text, 0), 'forged')))
})

test('a token works for a year', () => {
  fc.assert(
    fc.property(links, (link) => {
      const token = tokens.make(link)
      assert.deepEqual(tokens.read(token, link.issuedAt + unsubscribeLinkMsMax), link)
      assert.equal(tokens.read(token, link.issuedAt + unsubscribeLinkMsMax + 1), 'expired')
    }),
  )
  assert.ok(unsubscribeLinkMsMax > 60 * 24 * 3_600_000)
})

test('the longest names make a token that can be read', () => {
  const link = {
    listId: '00000000-0000-4000-8000-000000000000',
    topicName: 't'.repeat(64),
    address: `${'l'.repeat(64)}@${'d'.repeat(255)}`,
    messageId: 'm'.repeat(60),
    tenantName: 'n'.repeat(64),
    configurationSetName: 'c'.repeat(64),
    issuedAt: 1_700_000_000_000,
  }
  assert.deepEqual(tokens.read(tokens.make(link), link.issuedAt), link)
})
