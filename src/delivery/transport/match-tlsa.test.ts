// TLSA records against chains that openssl made: DANE-EE and DANE-TA with both selectors and all matching types, and what must not match.
import assert from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { createTestAuthority } from '../../../tests/harness/test-authority.ts'
import type { Tlsa } from '../../kit/dns.ts'
import { isUsable, tlsaMismatch } from './match-tlsa.ts'

// The certificates are made after this line, and their time counts in seconds.
const now = Date.now() + 60_000
const names = ['mx.far.test']

function record(usage: number, selector: number, matchingType: number, of: X509Certificate): Tlsa {
  const bytes = selector === 0 ? of.raw : of.publicKey.export({ type: 'spki', format: 'der' })
  const data =
    matchingType === 0
      ? bytes
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(bytes)
          .digest()
  return { usage, selector, matchingType, data }
}

test('every usable kind of record matches its chain and no other', (t) => {
  const authority = createTestAuthority(t)
  const stranger = createTestAuthority(t)
  const read = (pem: string) => new X509Certificate(pem)
  const root = read(authority.root)
  const leaf = read(authority.issue(names).cert)
  const other = read(stranger.issue(names).cert)
  for (const selector of [0, 1])
    for (const matchingType of [0, 1, 2]) {
      const label = `${selector} ${matchingType}`
      const endEntity = record(3, selector, matchingType, leaf)
      const anchor = record(2, selector, matchingType, root)
      assert.ok(isUsable(endEntity) && isUsable(anchor), label)
      assert.equal(tlsaMismatch([endEntity], [leaf], ['another.test'], now + 1e12), undefined, `DANE-EE knows no names and no dates: ${label}`)
      assert.equal(tlsaMismatch([endEntity], [other], names, now), 'certificate-not-trusted', label)
      assert.equal(tlsaMismatch([anchor], [leaf, root], names, now), undefined, label)
      assert.equal(tlsaMismatch([anchor], [other, read(stranger.root)], names, now), 'certificate-not-trusted', label)
      assert.equal(tlsaMismatch([anchor], [other, root], names, now), 'certificate-not-trusted', `a chain that does not hold: ${label}`)
      assert.equal(tlsaMismatch([anchor], [leaf, root], ['another.test'], now), 'certificate-host-mismatch', label)
      // The anchor is left out of the handshake: only a record that holds all of it can tell.
      assert.equal(tlsaMismatch([anchor], [leaf], names, now), matchingType === 0 ? undefined : 'certificate-not-trusted', label)
      assert.equal(tlsaMismatch([record(3, selector, matchingType, other), anchor], [leaf, root], names, now), undefined, 'one of several is enough')
      assert.equal(tlsaMismatch([record(2, selector, matchingType, leaf)], [leaf, root], names, now), 'certificate-not-trusted', 'a leaf is no anchor')
    }
  const expired = read(authority.issue(names, { expired: true }).cert)
  assert.equal(tlsaMismatch([record(2, 1, 1, root)], [expired, root], names, now), 'certificate-expired')
  assert.equal(tlsaMismatch([record(3, 1, 1, expired)], [expired], names, now), undefined)
  assert.equal(tlsaMismatch([record(3, 1, 1, leaf)], [], names, now), 'certificate-not-trusted')
})

test('an end-entity certificate cannot stand in as an authority', (t) => {
  const authority = createTestAuthority(t)
  const one = new X509Certificate(authority.issue(['a.test']).cert)
  const two = new X509Certificate(authority.issue(names).cert)
  assert.equal(tlsaMismatch([record(2, 1, 1, one)], [two, one], names, now), 'certificate-not-trusted')
})

test('records that SMTP cannot use', () => {
  const good: Tlsa = { usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(32) }
  assert.ok(isUsable(good))
  for (const bad of [
    { usage: 0 },
    { usage: 1 },
    { usage: 4 },
    { selector: 2 },
    { matchingType: 3 },
    { data: Buffer.alloc(31) },
    { matchingType: 2 },
    { matchingType: 0 },
    { matchingType: 0, selector: 0 },
  ])
    assert.ok(!isUsable({ ...good, ...bad }), JSON.stringify(bad))
})
