// A link says what it was made with, whatever the target; nothing else passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { mintMessageId } from '../model/message-id.ts'
import { trackingLinkMsMax } from './limits.ts'
import { type ClickLink, trackingLinks } from './tracking-link.ts'

const sealer = createSealer(Buffer.alloc(32, 1), systemRandom)
const links = trackingLinks(sealer, '111122223333')
const now = Date.UTC(2026, 10, 24)
const messageId = mintMessageId(now, '11111111-2222-4333-8444-555555555555')
const ascii = fc.string({ unit: fc.constantFrom(..."abcXYZ019-._~!$&'()*+,;=:@/?#[]%"), minLength: 1, maxLength: 60 }).map((rest) => `https://x.test/${rest}`)
const link: fc.Arbitrary<ClickLink> = fc.record<ClickLink>(
  {
    target: ascii,
    index: fc.integer({ min: 1, max: 250 }),
    messageId: fc.constant(messageId),
    tags: fc.constantFrom('', 'a:b', 'a:b;c:d'),
    customPath: fc.constantFrom('', 'sale', 'a-b_c'),
  },
  { noNullPrototype: true },
)
/** As the door hands a path over. */
const read = (path: string, at = now, by = links) => {
  const decoded = decodeURIComponent(path)
  return by.readClick(path.startsWith('/CL1/') ? 'CL1' : 'CL0', decoded.slice(5), at)
}

test('any link comes back as it was made, in one path that needs no escaping', () => {
  fc.assert(
    fc.property(link, (given) => {
      const path = links.clickPath(given)
      assert.match(path, /^\/CL[01]\/[A-Za-z0-9\-._~%/=]+$/)
      assert.deepEqual(read(path), given)
      assert.equal(path.startsWith(given.customPath === '' ? '/CL0/https%3A%2F%2F' : `/CL1/${given.customPath}/https%3A%2F%2F`), true)
    }),
  )
  assert.deepEqual(links.readOpen(links.openPath(messageId).slice(5), now), { messageId })
})

test('one character changed is forged; so is the link of another account, another key, or the other kind', () => {
  fc.assert(
    fc.property(link, fc.nat(), fc.constantFrom('A', 'z', '0', '/', '%2F', '=', ''), (given, place, instead) => {
      const path = links.clickPath(given)
      const at = 5 + (place % (path.length - 5))
      const changed = path.slice(0, at) + instead + path.slice(at + 1)
      if (changed === path || /%(?![0-9A-F]{2})/i.test(changed)) return
      let answer: ReturnType<typeof read>
      try {
        answer = read(changed)
      } catch (fault) {
        assert.ok(fault instanceof URIError) // The router answers such a path itself.
        return
      }
      // Base64 of the tags has more than one spelling; what is said is the same.
      if (typeof answer !== 'string') assert.deepEqual(answer, given)
    }),
    { numRuns: 2_000 },
  )
  const path = links.clickPath({ target: 'https://x.test/', index: 1, messageId, tags: '', customPath: '' })
  assert.equal(read(path, now, trackingLinks(sealer, '999999999999')), 'forged')
  assert.equal(read(path, now, trackingLinks(createSealer(Buffer.alloc(32, 2), systemRandom), '111122223333')), 'forged')
  const proof = path.slice(path.lastIndexOf('/') + 1)
  assert.equal(links.readOpen(`${messageId}/${proof}`, now), 'forged')
  for (const rest of ['', '/', '////', '\0\0\0\0', `x/1/${messageId}/`, `x/0/${messageId}/${proof}`, 'x'.repeat(100_000)])
    assert.equal(links.readClick('CL0', rest, now), 'forged')
})

test('sixty days, then no more', () => {
  const path = links.clickPath({ target: 'https://x.test/', index: 1, messageId, tags: '', customPath: '' })
  assert.equal(typeof read(path, now + trackingLinkMsMax), 'object')
  assert.equal(read(path, now + trackingLinkMsMax + 1), 'expired')
  assert.equal(links.readOpen(links.openPath(messageId).slice(5), now + trackingLinkMsMax + 1), 'expired')
})
