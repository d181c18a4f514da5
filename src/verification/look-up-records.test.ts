// What DNS must answer for each record, one wrong thing at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dns, DnsAnswer, Soa } from '../kit/dns.ts'
import type { DkimSettings } from '../resources/identities.ts'
import { lookUpDomainToken, lookUpKey, lookUpMailFrom, lookUpTokens, lookUpZone } from './look-up-records.ts'

const absent = { kind: 'absent', nameExists: false } as const
const records = <T>(...list: T[]): DnsAnswer<T> => ({ kind: 'records', records: list })

function zone(tables: { cname?: Record<string, string>; txt?: Record<string, string[]>; mx?: Record<string, string[]>; soa?: Record<string, Soa> }): Dns {
  const of = <T>(list: T[] | undefined): DnsAnswer<T> => (list ? records(...list) : absent)
  const { cname = {}, txt = {}, mx = {}, soa = {} } = tables
  return {
    mx: async (name) => of(mx[name]?.map((exchange) => ({ exchange, preference: 10 }))),
    ipv4: async () => absent,
    ipv6: async () => absent,
    txt: async (name) => of(txt[name]),
    cname: async (name) => of(cname[name] === undefined ? undefined : [cname[name]]),
    soa: async (name) => of(soa[name] && [soa[name]]),
  }
}

const dkim = (more: Partial<DkimSettings>): DkimSettings => ({
  ...{ signingEnabled: true, origin: 'AWS_SES', tokens: ['a', 'b', 'c'], nextKeyLength: 'RSA_2048_BIT', lastKeyGenerationAt: undefined, status: 'PENDING' },
  key: { sealedPrivateKey: '', publicKey: 'MIIB', bits: 2_048 },
  ...more,
})

test('all three CNAMEs must lead into our zone, or into that of the parent', async () => {
  const published = (target: string) => Object.fromEntries(['a', 'b', 'c'].map((token) => [`${token}._domainkey.acme.test`, `${token}.${target}`]))
  const look = (settings: DkimSettings, cname: Record<string, string>) => lookUpTokens(zone({ cname }), 'acme.test', settings, 'mail.test')
  assert.deepEqual(await look(dkim({}), published('dkim.mail.test')), { kind: 'found' })
  assert.deepEqual(await look(dkim({}), published('dkim.mail.test.')), { kind: 'found' })
  assert.deepEqual(await look(dkim({}), published('dkim.other.test')), { kind: 'missing', error: 'INVALID_VALUE' })
  const { 'b._domainkey.acme.test': _, ...two } = published('dkim.mail.test')
  assert.deepEqual(await look(dkim({}), two), { kind: 'missing', error: 'HOST_NOT_FOUND' })
  const replica = dkim({ parent: { region: 'eu-west-1', zone: 'dkim.parent.test' } })
  assert.deepEqual(await look(replica, published('dkim.parent.test')), { kind: 'found' })
  assert.equal((await look(replica, published('dkim.mail.test'))).kind, 'missing')
})

test('a key record counts by its p= alone, however it is written', async () => {
  for (const [text, kind] of [
    ['p=MIIB', 'found'],
    ['v=DKIM1; k=rsa; p=MI IB;', 'found'],
    ['v=DKIM1; p=', 'missing'],
    ['v=DKIM1; p=MIIC', 'missing'],
    ['nothing', 'missing'],
  ] as const)
    assert.equal((await lookUpKey(zone({ txt: { 'a._domainkey.acme.test': [text] } }), 'acme.test', dkim({}))).kind, kind, text)
})

test('MAIL FROM has exactly one MX, to us, and one SPF record that includes us', async () => {
  const mailFrom = { domain: 'm.acme.test', behaviorOnMxFailure: 'USE_DEFAULT_VALUE', status: 'PENDING', since: 0 } as const
  const look = async (mx: string[], txt: string[]) =>
    (await lookUpMailFrom(zone({ mx: { 'm.acme.test': mx }, txt: { 'm.acme.test': txt } }), mailFrom, 'mail.test')).kind
  const spf = 'v=spf1 include:mail.test ~all'
  assert.equal(await look(['mail.test'], ['other=1', spf]), 'found')
  assert.equal(await look(['MAIL.test.'], ['V=SPF1 +include:mail.test -all']), 'found')
  assert.equal(await look(['mail.test', 'mx.test'], [spf]), 'missing', 'two MX')
  assert.equal(await look(['mx.test'], [spf]), 'missing', 'another MX')
  assert.equal(await look(['mail.test'], [spf, 'v=spf1 -all']), 'missing', 'two SPF records')
  assert.equal(await look(['mail.test'], ['v=spf1 include:xmail.test ~all']), 'missing', 'another include')
})

test('the zone of a domain is found at its own name or above, never at the top', async () => {
  const soa = { primary: 'ns.test', mailbox: 'owner.test', serial: 7 }
  assert.deepEqual(await lookUpZone(zone({ soa: { 'acme.test': soa } }), 'deep.below.acme.test'), soa)
  assert.equal(await lookUpZone(zone({ soa: { test: soa } }), 'below.acme.test'), undefined)
  assert.equal(await lookUpZone({ ...zone({}), soa: async () => ({ kind: 'failed', code: 'ESERVFAIL' }) }, 'acme.test'), undefined)
})

test('no answer is never a wrong answer', async () => {
  const failed = async () => ({ kind: 'failed', code: 'ESERVFAIL' }) as const
  const down: Dns = { mx: failed, ipv4: failed, ipv6: failed, txt: failed, cname: failed }
  const unknown = { kind: 'unknown', error: 'DNS_SERVER_ERROR' }
  assert.deepEqual(await lookUpTokens(down, 'acme.test', dkim({}), 'mail.test'), unknown)
  assert.deepEqual(await lookUpKey(down, 'acme.test', dkim({})), unknown)
  assert.deepEqual(await lookUpDomainToken(down, 'acme.test', 't'), unknown)
})
