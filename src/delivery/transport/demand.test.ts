// Which mail may share connections.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StsPolicy } from '../../resources/sts-policies.ts'
import { domainDemand, messageDemand } from './demand.ts'

const hosts = [{ name: 'a.far.test' }, { name: 'b.far.test' }]
const policy = (mode: StsPolicy['mode'], ...patterns: string[]): StsPolicy => ({ id: '1', mode, hosts: patterns, maxAgeSeconds: 60, fetchedAt: 0 })

test('nothing published is no demand; equal demands of different domains have one key', () => {
  assert.equal(domainDemand(hosts, undefined, false), undefined)
  for (const mode of ['testing', 'none'] as const) assert.equal(domainDemand(hosts, policy(mode, 'x.test'), false), undefined)
  const all = domainDemand(hosts, policy('enforce', '*.far.test'), false)
  assert.equal(all?.key, domainDemand(hosts, policy('enforce', 'b.far.test', 'a.far.test'), false)?.key)
  const some = domainDemand(hosts, policy('enforce', 'a.far.test'), false)
  assert.deepEqual([...(some?.stsHosts ?? [])], ['a.far.test'])
  const keys = [
    all,
    some,
    domainDemand(hosts, policy('enforce', 'x.test'), false),
    domainDemand(hosts, undefined, true),
    domainDemand(hosts, policy('enforce', '*.far.test'), true),
  ].map((demand) => demand?.key)
  assert.equal(new Set(keys).size, keys.length)
})

test('REQUIRE is a demand of its own, beside what the domain publishes', () => {
  const security = (demand: ReturnType<typeof domainDemand>) => ({ domain: 'x.test', demand, policy: undefined, wantsReports: true })
  assert.equal(messageDemand(undefined, false), undefined)
  assert.equal(messageDemand(security(undefined), false), undefined)
  assert.equal(messageDemand(security(undefined), true)?.tls, true)
  const dane = messageDemand(security(domainDemand(hosts, undefined, true)), true)
  assert.deepEqual([dane?.tls, dane?.dane], [true, true])
  assert.notEqual(dane?.key, messageDemand(security(domainDemand(hosts, undefined, true)), false)?.key)
})
