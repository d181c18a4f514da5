// What the answers of DNS mean, how long they are believed, and that silence is nobody's fault.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dns, DnsAnswer, Mx } from '../../kit/dns.ts'
import { createManualClock } from '../../../tests/harness/manual-clock.ts'
import { domainFindingFreshMs, domainLookMsMax, domainLooksAtOnce, unknownDomainFreshMs } from '../limits.ts'
import { createDomainLook } from './look-at-domain.ts'

const noName = { kind: 'absent', nameExists: false } as const
const noRecord = { kind: 'absent', nameExists: true } as const
const silent = { kind: 'failed', code: 'ESERVFAIL' } as const
const one = <T>(...records: T[]) => ({ kind: 'records', records }) as const

function world(answers: { mx?: DnsAnswer<Mx> | 'never'; ipv4?: Record<string, DnsAnswer<string>>; ipv6?: Record<string, DnsAnswer<string>> }) {
  const clock = createManualClock()
  const asked: string[] = []
  const dns: Dns = {
    mx: (domain) => {
      asked.push(domain)
      return answers.mx === 'never' ? new Promise(() => {}) : Promise.resolve(answers.mx ?? noName)
    },
    ipv4: async (host) => answers.ipv4?.[host] ?? noName,
    ipv6: async (host) => answers.ipv6?.[host] ?? noName,
    txt: async () => noName,
    cname: async () => noName,
  }
  return { clock, asked, answers, look: createDomainLook({ dns, clock, routed: new Set(['routed.test']) }) }
}

test('exchangers, null MX, addresses without MX, names that do not exist, and silence', async () => {
  const mx = (exchange: string, preference = 10): Mx => ({ exchange, preference })
  const table: [string, Parameters<typeof world>[0], string][] = [
    ['an exchanger with an address', { mx: one(mx('a.test')), ipv4: { 'a.test': one('192.0.2.1') } }, 'exchanger'],
    ['an exchanger with IPv6 alone', { mx: one(mx('a.test')), ipv6: { 'a.test': one('2001:db8::1') } }, 'exchanger'],
    ['one good exchanger of two', { mx: one(mx('gone.test'), mx('a.test', 20)), ipv4: { 'a.test': one('192.0.2.1') } }, 'exchanger'],
    ['exchangers that do not exist', { mx: one(mx('gone.test')) }, 'absent'],
    ['an exchanger nobody can look up', { mx: one(mx('a.test')), ipv4: { 'a.test': silent } }, 'unknown'],
    ['a network address for a name', { mx: one(mx('192.0.2.1')) }, 'absent'],
    ['a null MX', { mx: one(mx('', 0)) }, 'null-mx'],
    ['a null MX beside another', { mx: one(mx('', 0), mx('a.test')), ipv4: { 'a.test': one('192.0.2.1') } }, 'exchanger'],
    ['an address without MX', { mx: noRecord, ipv4: { 'b.test': one('192.0.2.1') } }, 'address-only'],
    ['neither MX nor address', { mx: noRecord, ipv4: { 'b.test': noRecord }, ipv6: { 'b.test': noRecord } }, 'absent'],
    ['no MX, and silence about addresses', { mx: noRecord, ipv4: { 'b.test': silent } }, 'unknown'],
    ['no such name', { mx: noName }, 'absent'],
    ['SERVFAIL', { mx: silent }, 'unknown'],
  ]
  for (const [what, answers, wanted] of table) assert.equal(await world(answers).look('b.test'), wanted, what)
  const routed = world({})
  assert.deepEqual([await routed.look('routed.test'), routed.asked], ['exchanger', []])
})

test('an answer serves for minutes, silence for less, and callers share a question', async () => {
  const { clock, asked, answers, look } = world({ mx: silent })
  assert.deepEqual(await Promise.all([look('b.test'), look('b.test')]), ['unknown', 'unknown'])
  assert.equal(asked.length, 1)
  answers.mx = noName
  await clock.advance(unknownDomainFreshMs - 1)
  assert.equal(await look('b.test'), 'unknown')
  await clock.advance(1)
  assert.equal(await look('b.test'), 'absent')
  await clock.advance(domainFindingFreshMs - 1)
  await look('b.test')
  assert.equal(asked.length, 2)
  await clock.advance(1)
  await look('b.test')
  assert.equal(asked.length, 3)
})

test('a look ends in time, and only so many are under way', async () => {
  const { clock, asked, look } = world({ mx: 'never' })
  const looks = Array.from({ length: domainLooksAtOnce + 5 }, (_, index) => look(`d${index}.test`))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(asked.length, domainLooksAtOnce)
  await clock.advance(domainLookMsMax)
  assert.equal(asked.length, domainLooksAtOnce + 5)
  await clock.advance(domainLookMsMax)
  assert.deepEqual(new Set(await Promise.all(looks)), new Set(['unknown']))
  assert.equal(clock.waiting, 0)
})
