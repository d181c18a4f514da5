// Our own addresses on block lists: asked over DNS on a timer, told by GetBlacklistReports, the log and a gauge (deliverability.md §6).
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import { openDns } from '../../src/kit/dns.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { readOpenListings } from '../../src/resources/block-listings.ts'
import { openEmbeddedStore } from '../../src/storage/engines.ts'
import { watchBlockLists } from '../../src/verification/block-lists/watch-block-lists.ts'
import { type DnsFront, startDnsFront } from '../harness/dns-front.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { waitFor } from '../harness/wait-for.ts'
import { startWorld, type World } from '../harness/world.ts'

const nxdomain = { code: 'NXDOMAIN' } as const
/** Answers for an address in a zone: codes, or none; `why` is the TXT record. */
function list(dns: DnsFront, zone: string, reversed: string, codes: readonly string[], why = ''): void {
  const name = `${reversed}.${zone}`
  const records = <T extends 'A' | 'TXT'>(type: T, all: readonly string[]) => ({ code: 'NOERROR', records: all.map((data) => ({ name, type, data })) }) as const
  dns.override(name, 'A', codes.length > 0 ? records('A', codes) : nxdomain)
  dns.override(name, 'TXT', why === '' ? nxdomain : records('TXT', [why]))
}
/** A list that works and lists nobody of ours. */
function openZone(dns: DnsFront, zone: string, ...subjects: string[]): void {
  list(dns, zone, '2.0.0.127', ['127.0.0.2'])
  for (const reversed of ['1.0.0.127', ...subjects]) list(dns, zone, reversed, [])
}
const report = async (world: World, ...BlacklistItemNames: string[]) =>
  (await world.ses.send(new sdk.GetBlacklistReportsCommand({ BlacklistItemNames }))).BlacklistReport ?? {}
const zen = 'zen.spamhaus.org'

test('a listing is told with list, time and reason, survives a restart, and only our own addresses can be asked about', async (t) => {
  const settings: Record<string, string> = { BULKHEAD_EGRESS: '127.0.0.3/mx3.bulkhead.test,127.0.0.4/mx4.bulkhead.test' }
  const world = await startWorld(t, { environment: settings })
  assert.deepEqual(await report(world, '127.0.0.3'), { '127.0.0.3': [] }, 'development mode asks nobody')
  openZone(world.dns, zen, '3.0.0.127', '4.0.0.127')
  list(world.dns, zen, '3.0.0.127', ['127.0.0.2', '127.0.0.10'], 'https://check.example/sbl/SBL12345\u0007')
  openZone(world.dns, 'broken.test', '3.0.0.127', '4.0.0.127')
  for (const reversed of ['1.0.0.127', '3.0.0.127', '4.0.0.127']) list(world.dns, 'broken.test', reversed, ['127.0.0.2'])
  openZone(world.dns, 'bl.test', '3.0.0.127', '4.0.0.127')
  list(world.dns, 'bl.test', '4.0.0.127', ['127.0.0.4'])
  settings.BULKHEAD_BLOCK_LISTS = `${zen}, broken.test,bl.test`
  await world.restart()
  const began = world.clock.now()
  const gauges = async () => {
    const text = await (await fetch(`http://127.0.0.1:${world.http.port}/metrics`, { headers: { connection: 'close' } })).text()
    return [/^bulkhead_block_listings (\d+)$/m, /^bulkhead_block_lists_unreadable (\d+)$/m].map((pattern) => pattern.exec(text)?.[1])
  }
  await world.clock.advanceUntil(async () => (await gauges())[0] === '3', { minutesMax: 5 })
  assert.ok(world.clock.now() - began >= 60_000, 'one look is not enough')
  assert.deepEqual(await gauges(), ['3', '1'], 'broken.test lists what nobody may list')
  const told = async () => {
    const all = await report(world, '127.0.0.3', '127.0.0.4', 'mx3.bulkhead.test')
    for (const entries of Object.values(all))
      for (const { ListingTime } of entries) assert.ok(ListingTime && Math.abs(ListingTime.getTime() - began) < 30_000, String(ListingTime))
    return Object.fromEntries(Object.entries(all).map(([item, entries]) => [item, entries.map(({ RblName, Description }) => `${RblName}: ${Description}`)]))
  }
  const wanted = {
    '127.0.0.3': [
      'Spamhaus SBL: Spam or support of it was seen at this address; the case must be closed by the network. https://check.example/sbl/SBL12345',
      'Spamhaus PBL: By its network’s policy this address should not send mail itself; its owner can take it off. https://check.example/sbl/SBL12345',
    ],
    '127.0.0.4': ['bl.test: Listed with the code 127.0.0.4.'],
    'mx3.bulkhead.test': [],
  }
  assert.deepEqual(await told(), wanted)
  await world.restart()
  assert.deepEqual(await told(), wanted)
  const refused = (items: string[], name: string, message: string) => assert.rejects(report(world, ...items), { name, message })
  await refused(['127.0.0.3', '192.0.2.9'], 'NotFoundException', 'Could not find dedicated IP <192.0.2.9> under this account.')
  await refused([], 'BadRequestException', "1 validation error detected: Value at 'blacklistItemNames' failed to satisfy constraint: Member must not be null")
  const many = Array.from({ length: 101 }, (_, index) => `192.0.2.${index}`)
  await refused(many, 'BadRequestException', 'BlacklistItemNames can name at most 100 addresses.')
})

test('a listing that goes is closed after half an hour; errors of the list and silence close and open nothing', async (t) => {
  const dns = await startDnsFront()
  const dataDir = await mkdtemp(join(tmpdir(), 'block-lists-'))
  const clock = createManualClock()
  const store = await openEmbeddedStore({ dataDir, clock, log: silentLog })
  const lines: string[] = []
  const log = {
    ...silentLog,
    warn: (facts: object, text: string) => lines.push(`${text} ${JSON.stringify(facts)}`),
    info: (_: object, text: string) => lines.push(text),
  }
  const key = 'k'.repeat(26)
  const zone = `${key}.zen.dq.spamhaus.net`
  openZone(dns, zone, '10.2.0.192')
  const dbl = `${key}.dbl.dq.spamhaus.net`
  for (const name of ['mail.example.net', 'example.com']) list(dns, dbl, name, [])
  list(dns, dbl, 'dbltest.com', ['127.0.1.2'])
  const watch = watchBlockLists({
    ...{ store, clock, log, dns: openDns([dns.address]), random: systemRandom, metrics: createMetrics() },
    zones: [zone, dbl],
    subjects: { addresses: ['192.0.2.10'], domains: ['mail.example.net'] },
  })
  t.after(async () => {
    await watch.close()
    await store.close()
    await dns.close()
    await rm(dataDir, { recursive: true })
  })
  /** Looks until the state is so; a look is at least every 27 minutes. */
  const until = async (what: string, wanted: readonly string[], subject = '192.0.2.10') => {
    for (let minutes = 0; minutes < 120; minutes++) {
      const open = (await readOpenListings(store, subject)).map(({ list: name }) => name)
      if (JSON.stringify(open) === JSON.stringify(wanted)) return
      await clock.advance(60_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.fail(`${what}: ${JSON.stringify(await readOpenListings(store, subject))}`)
  }
  list(dns, zone, '10.2.0.192', ['127.0.0.3'])
  await until('opened', ['Spamhaus CSS'])
  assert.equal(lines.filter((line) => line.startsWith('a sending address of ours is on a block list')).length, 1)
  for (const broken of [{ code: 'SERVFAIL' } as const, { code: 'NOERROR', records: [{ name: 'x', type: 'A', data: '127.255.255.254' }] } as const]) {
    dns.override(`10.2.0.192.${zone}`, 'A', broken)
    for (let minutes = 0; minutes < 60; minutes++) await clock.advance(60_000)
    await waitFor('a look that failed', () => lines.some((line) => line.startsWith('a block list cannot be read')))
    assert.equal((await readOpenListings(store, '192.0.2.10')).length, 1)
  }
  list(dns, zone, '10.2.0.192', [])
  const cleanAt = clock.now()
  await until('closed', [])
  assert.ok(clock.now() - cleanAt >= 25 * 60_000)
  assert.ok(lines.includes('a sending address of ours is off a block list'))
  list(dns, dbl, 'mail.example.net', ['127.0.1.103'])
  await until('the name', ['Spamhaus DBL'], 'mail.example.net')
  assert.ok(!lines.join().includes(key), 'a paid key is in no log line')
})
