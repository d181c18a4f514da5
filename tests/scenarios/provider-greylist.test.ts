// Greylisting by address, sender and recipient: passed from the same address, with the same sender, and not earlier than told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { corporate } from '../harness/providers/profiles/corporate.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'
import { utcDay } from '../../src/resources/warmup-schedule.ts'
import { openStates } from './delivery-world.ts'

const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4']
/** Three companies, none of which ever trusts. */
const company = {
  ...corporate,
  domains: { ...corporate.domains, 'second.test': [['mail.second.test', 10]], 'third.test': [['mail.third.test', 10]] } as const,
  greylist: { waitMs: 300_000, passesUntilTrusted: 1_000 },
}

test('every message passes from the address that tried first, and none comes too early', async (t) => {
  const { send, provider, passUntil, clock, storyOf } = await startProviderWorld(t, [company], { addresses })
  const { ledger } = provider('corporate')
  const ids: string[] = []
  for (let i = 0; i < 36; i++) {
    const domain = ['greylists.test', 'second.test', 'third.test'][i % 3]
    ids.push(await send(`n${i}@${domain}`, { tenantName: `tenant${i % 6}`, leased: i % 2 === 0 }))
  }
  const began = clock.now()
  await passUntil(() => ledger.accepted.length === 36, { minutesMax: 60 })
  assert.deepEqual(ledger.violations, [])
  assert.equal(new Set(ledger.accepted.map(({ ip }) => ip)).size, 3, 'all addresses were used')
  for (const { sender, ip, at } of ledger.accepted) {
    const tries = ledger.attempts.filter((attempt) => attempt.sender === sender)
    assert.deepEqual(
      tries.map(({ ip: from, reply }) => [from, reply.slice(0, 3)]),
      [
        [ip, '450'],
        [ip, '250'],
      ],
    )
    assert.ok(at - (tries[0]?.at ?? 0) >= 300_000)
  }
  assert.ok(clock.now() - began < 30 * 60_000, 'nobody waits much longer than told')
  for (const id of ids) assert.deepEqual(await storyOf(id), ['DELIVERY_DELAY', 'DELIVERY'])
})

test('a trusted address is not held up any more', async (t) => {
  const { send, provider, passUntil } = await startProviderWorld(t, [corporate])
  const { ledger } = provider('corporate')
  for (let i = 0; i < 5; i++) await send(`n${i}@greylists.test`)
  await passUntil(() => ledger.accepted.length === 5, { minutesMax: 30 })
  await send('late@greylists.test')
  await passUntil(() => ledger.acceptedFor('late@greylists.test').length === 1, { minutesMax: 0.5, stepMs: 1_000 })
  assert.equal(ledger.attemptsFor('late@greylists.test').length, 1)
})

test('addresses that warm up pass too: a message comes back from the one that tried it, although another has room first', async (t) => {
  const warmup = { warmupPercentage: 30, warmupSinceDay: utcDay(Date.now()) }
  const pool = addresses.slice(0, 2).map((address, index) => ({ address, ehloName: `mta${index + 1}.bulkhead.test`, plan: undefined, managed: false, warmup }))
  const { send, provider, passUntil } = await startProviderWorld(t, [{ ...company, tls: 'none' }], {
    addresses: pool.map(({ address }) => address),
    states: async () => ({ ...openStates, egress: pool, warming: { name: 'young', addresses: pool, overflow: [] } }),
  })
  const { ledger } = provider('corporate')
  for (let i = 0; i < 30; i++) await send(`n${i}@greylists.test`, { tenantName: `tenant${i % 3}`, leased: i % 2 === 0 })
  await passUntil(() => ledger.accepted.length === 30, { minutesMax: 180, stepMs: 30_000 })
  assert.deepEqual(ledger.violations, [])
  assert.equal(new Set(ledger.accepted.map(({ ip }) => ip)).size, 2, 'both addresses were used')
  assert.equal(ledger.attempts.length, 60)
})
