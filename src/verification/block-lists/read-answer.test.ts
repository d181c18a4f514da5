// Names as lists want them, and what answers mean: above all, which answers are no listing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DnsAnswer } from '../../kit/dns.ts'
import { listKind, queryName, shownZone } from './query-name.ts'
import { readAnswer } from './read-answer.ts'

const answer = (...records: string[]): DnsAnswer<string> => ({ kind: 'records', records })
const zen = 'zen.spamhaus.org'

test('an address is turned round, IPv6 by the nibble, a domain stays', () => {
  assert.equal(queryName('192.0.2.10', zen), '10.2.0.192.zen.spamhaus.org')
  // RFC 5782 §2.4.
  assert.equal(queryName('2001:db8:1:2:3:4:567:89ab', 'x.test'), 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.x.test')
  const all = 'f.e.d.c.b.a.9.8.7.6.5.4.3.2.1.0'
  assert.equal(queryName('0123:4567:89ab:cdef:0123:4567:89ab:cdef', 'x.test'), `${all}.${all}.x.test`)
  assert.equal(queryName('::1', 'x.test'), `1.${'0.'.repeat(31)}x.test`)
  assert.equal(queryName('2001:DB8::', 'x.test'), `${'0.'.repeat(24)}8.b.d.0.1.0.0.2.x.test`)
  assert.equal(queryName('::ffff:127.0.0.2', 'x.test'), `2.0.0.0.0.0.f.7.f.f.f.f.${'0.'.repeat(20)}x.test`)
  assert.equal(queryName('mail.example.com', 'dbl.spamhaus.org'), 'mail.example.com.dbl.spamhaus.org')
  assert.deepEqual(['dbl.spamhaus.org', `${'k'.repeat(26)}.dbl.dq.spamhaus.net`, zen, 'dbl.test'].map(listKind), [
    'domains',
    'domains',
    'addresses',
    'addresses',
  ])
  assert.deepEqual(
    [shownZone(`${'k3'.repeat(13)}.zen.dq.spamhaus.net`), shownZone(zen), shownZone('b.barracudacentral.org')],
    ['zen.dq.spamhaus.net', zen, 'b.barracudacentral.org'],
  )
})

test('codes of Spamhaus name the list, each once', () => {
  const lists = (zone: string, ...codes: string[]) => {
    const reading = readAnswer(zone, answer(...codes))
    return reading.kind === 'listed' ? reading.listings.map(({ list, impact }) => `${list} ${impact}`) : [reading.kind]
  }
  assert.deepEqual(lists(zen, '127.0.0.2'), ['Spamhaus SBL HIGH'])
  assert.deepEqual(lists(zen, '127.0.0.2', '127.0.0.9', '127.0.0.4', '127.0.0.6', '127.0.0.10'), [
    'Spamhaus SBL HIGH',
    'Spamhaus DROP HIGH',
    'Spamhaus XBL HIGH',
    'Spamhaus PBL LOW',
  ])
  assert.deepEqual(lists(zen, '127.0.0.3', '127.0.0.11'), ['Spamhaus CSS HIGH', 'Spamhaus PBL LOW'])
  assert.deepEqual(lists('dbl.spamhaus.org', '127.0.1.2'), ['Spamhaus DBL HIGH'])
  assert.deepEqual(lists('dbl.spamhaus.org', '127.0.1.103'), ['Spamhaus DBL LOW'])
  assert.deepEqual(lists(`${'k'.repeat(26)}.zen.dq.spamhaus.net`, '127.0.0.3'), ['Spamhaus CSS HIGH'])
  assert.deepEqual(lists('bl.example.org', '127.0.0.2'), ['bl.example.org LOW'])
  assert.deepEqual(lists(`${'k'.repeat(26)}.bl.example.org`, '127.0.0.4'), ['bl.example.org LOW'])
})

test('errors, refusals, rewritten answers and silence are no listing', () => {
  const kind = (zone: string, found: DnsAnswer<string>) => readAnswer(zone, found).kind
  for (const code of ['127.255.255.252', '127.255.255.254', '127.255.255.255', '127.255.255.250', '127.0.1.255', '127.0.0.1', '127.0.0.99', '203.0.113.7'])
    for (const codes of [[code], ['127.0.0.2', code].slice(code.startsWith('127.0.0.') ? 1 : 0)])
      assert.equal(kind(zen, answer(...codes)), 'unknown', codes.join())
  assert.equal(kind('multi.example.org', answer('127.0.0.1')), 'unknown', 'the first code is a refusal')
  assert.equal(kind('multi.example.org', answer('198.51.100.1')), 'unknown', 'a resolver that rewrites')
  assert.equal(kind(zen, { kind: 'failed', code: 'ESERVFAIL' }), 'unknown')
  assert.equal(kind(zen, { kind: 'absent', nameExists: false }), 'clear')
  assert.equal(kind(zen, { kind: 'absent', nameExists: true }), 'clear')
  const reading = readAnswer(zen, answer('127.255.255.254'))
  assert.match(reading.kind === 'unknown' ? reading.reason : '', /public resolver/)
})
