// Connections at the same time and messages on one connection: every provider's own bound is kept from the first message on, over all its sites.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apple } from '../harness/providers/profiles/apple.ts'
import { corporate } from '../harness/providers/profiles/corporate.ts'
import { gmx, orange } from '../harness/providers/profiles/europe.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { office365, outlook } from '../harness/providers/profiles/microsoft.ts'
import { yahoo } from '../harness/providers/profiles/yahoo.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'
import { openStates } from './delivery-world.ts'

const messages = 100

describe('connections at the same time', { concurrency: 3 }, () => {
  for (const profile of [gmail, yahoo, outlook, office365, apple, gmx, orange, { ...corporate, greylist: undefined }]) {
    const { connections } = profile
    test(`${profile.name}: at most ${connections.perIp} connections to each ${connections.of}`, async (t) => {
      // Slow answers make many connections worth while.
      const { send, provider, passUntil, queue } = await startProviderWorld(t, [{ ...profile, replyMs: 3 }])
      const { ledger } = provider(profile.name)
      const domains = Object.keys(profile.domains).filter((domain) => !/null-mx|all-dead|lost|dead/.test(domain))
      for (let i = 0; i < messages; i++) await send(`n${i}@${domains[i % domains.length]}`, { tenantName: `tenant${i % 4}`, leased: i % 2 === 0 })
      await passUntil(async () => ledger.accepted.length === messages && (await queue()).length === 0, { minutesMax: 20, stepMs: 500 })
      assert.deepEqual(ledger.violations, [])
      assert.ok(ledger.mostOpen <= connections.perIp, `${ledger.mostOpen} connections`)
      assert.ok(ledger.mostTransactions <= profile.messagesPerConnection.max, `${ledger.mostTransactions} messages on one connection`)
      assert.ok(ledger.mostOpen > 1, 'the bound is used')
      assert.ok(
        ledger.attempts.every(({ reply }) => reply.startsWith('250')),
        'nothing was refused',
      )
      assert.equal(ledger.duplicates, 0)
      if (profile.tls === 'required') assert.ok(ledger.visits.every(({ secure }) => secure))
    })
  }
})

describe('messages on one connection', { concurrency: 3 }, () => {
  for (const profile of [gmail, yahoo, outlook, office365, apple, gmx, orange, { ...corporate, greylist: undefined }]) {
    const { max } = profile.messagesPerConnection
    test(`${profile.name}: a connection is closed by us after ${max} messages, not by it`, async (t) => {
      // In words: behind a silent close nobody could tell whose it was.
      const outspoken = { ...profile, replyMs: 0, messagesPerConnection: { max, beyond: 'reply' } as const }
      const { send, provider, passUntil } = await startProviderWorld(t, [outspoken], { limits: { connectionsPerSiteMax: 1 } })
      const { ledger } = provider(profile.name)
      const domain = Object.keys(profile.domains)[0]
      for (let i = 0; i < max + 15; i++) await send(`n${i}@${domain}`)
      await passUntil(() => ledger.accepted.length === max + 15, { minutesMax: 20, stepMs: 50 })
      assert.deepEqual(ledger.violations, [])
      assert.ok(ledger.mostTransactions <= max, `${ledger.mostTransactions} messages on one connection`)
      assert.ok(ledger.mostTransactions > max / 2, 'connections are used for many messages')
      assert.equal(ledger.duplicates, 0)
    })
  }
})

test('two sites of one provider share its connections', async (t) => {
  const { send, provider, passUntil } = await startProviderWorld(t, [{ ...gmail, replyMs: 5 }])
  const { ledger } = provider('gmail')
  for (let i = 0; i < 80; i++) await send(`n${i}@${i < 40 ? 'gmail' : 'workspace'}.test`)
  await passUntil(() => ledger.accepted.length === 80, { minutesMax: 20, stepMs: 500 })
  assert.deepEqual(new Set(ledger.visits.map(({ host }) => host.includes('aspmx'))), new Set([true, false]), 'both sites were used')
  assert.ok(ledger.mostOpen <= 5, `${ledger.mostOpen} connections`)
})

describe('a provider that bears less', { concurrency: 3 }, () => {
  for (const known of [gmail, yahoo, outlook, apple, gmx, orange]) {
    test(`${known.name}: when it bears less than we think, it is believed when it says so`, async (t) => {
      const profile = { ...known, replyMs: 5, connections: { perIp: 1, of: 'provider' } as const, messagesPerConnection: { max: 4, beyond: 'reply' } as const }
      const { send, provider, passUntil, queue, storyOf } = await startProviderWorld(t, [profile])
      const { ledger } = provider(known.name)
      const domain = Object.keys(known.domains)[0]
      const ids: string[] = []
      for (let i = 0; i < 40; i++) ids.push(await send(`n${i}@${domain}`, { tenantName: `tenant${i % 4}` }))
      await passUntil(async () => ledger.accepted.length === 40 && (await queue()).length === 0, { minutesMax: 360, stepMs: 10_000 })
      for (const id of ids) assert.equal((await storyOf(id)).at(-1), 'DELIVERY')
      assert.equal(ledger.duplicates, 0)
      // It learns from the first ones; who did not would knock hundreds of times.
      const [connections, messages] = [ledger.violationsOf('too-many-connections').length, ledger.violationsOf('too-many-messages').length]
      assert.ok(connections <= 24, `${connections} connections too many`)
      assert.ok(messages <= 16, `${messages} messages too many`)
    })
  }
})

test('mail that demands TLS and mail that does not share the connections of a provider', async (t) => {
  const secure = {
    ...{ name: 'secure', createdAt: 0, tags: [], sendingEnabled: true },
    delivery: { tlsPolicy: 'REQUIRE', poolName: undefined, maxDeliverySeconds: undefined },
    ...{ tracking: undefined, reputation: undefined, suppression: undefined },
  } as const
  const { send, provider, passUntil } = await startProviderWorld(t, [{ ...gmail, replyMs: 5 }], {
    states: async ({ configurationSetName }) => ({ ...openStates, configurationSet: configurationSetName === 'secure' ? secure : undefined }),
  })
  const { ledger } = provider('gmail')
  for (let i = 0; i < 80; i++) await send(`n${i}@gmail.test`, { configurationSetName: i % 2 === 0 ? 'secure' : '', tenantName: `tenant${i % 2}` })
  await passUntil(() => ledger.accepted.length === 80, { minutesMax: 20, stepMs: 500 })
  assert.deepEqual(ledger.violations, [])
  assert.ok(ledger.mostOpen > 1 && ledger.mostOpen <= 5, `${ledger.mostOpen} connections`)
})
