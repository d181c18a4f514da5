// A tenant's own limits: what is over waits, visible and unharmed, nobody else waits for it, and a change acts at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DeleteTenantCommand, SendBulkEmailCommand, SendEmailCommand } from '@aws-sdk/client-sesv2'
import type { ListQueueAnswer, TenantAnswer } from '../../src/model/own-wire.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'

const acme = '/bulkhead/v1/tenants/acme'
const setLimits = (world: World, query: Record<string, string>) => world.own<TenantAnswer>(`${acme}/limits`, query, 'PUT')

async function worldWithTenants(t: Parameters<typeof startWorld>[0], environment: Record<string, string> = {}): Promise<World> {
  const world = await startWorld(t, { environment })
  for (const name of ['acme', 'other']) {
    await world.verifiedIdentity(`${name}.test`)
    await world.tenant(name, { identities: [`${name}.test`] })
  }
  return world
}
const letter = (name: string, to: string) => new SendEmailCommand({ ...letterTo(to, { TenantName: name }), FromEmailAddress: `news@${name}.test` })

test('what is over the hourly limit waits and says so, others go on, and a higher limit lets it go', async (t) => {
  const world = await worldWithTenants(t)
  const set = await setLimits(world, { PerHour: '2' })
  assert.deepEqual(set.Limits, { PerHour: 2 })
  for (let i = 0; i < 5; i++) await world.ses.send(letter('acme', `a${i}@far.test`))
  await world.ses.send(letter('other', 'o@far.test'))
  const delivered = (prefix: string) => [0, 1, 2, 3, 4].filter((i) => world.far.delivered(`${prefix}${i}@far.test`).length > 0).length
  await world.clock.advanceUntil(() => delivered('a') === 2 && world.far.delivered('o@far.test').length === 1, { minutesMax: 1 })
  await world.clock.advanceUntil(
    async () => {
      const { Entries } = await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { TenantName: 'acme' })
      return (
        Entries.length === 3 &&
        Entries.every(
          ({ State, Reason, NextAttemptTimestamp }) =>
            State === 'WAITING' && /limit of 2 an hour is used up until/.test(Reason) && Date.parse(NextAttemptTimestamp) > world.clock.now(),
        )
      )
    },
    { minutesMax: 1 },
  )
  assert.equal(delivered('a'), 2)
  const shown = await world.own<TenantAnswer>(acme)
  assert.equal(shown.Waiting?.Limit, '2 an hour')
  await setLimits(world, { PerHour: '4' })
  await world.clock.advanceUntil(() => delivered('a') === 4, { minutesMax: 1 })
  await world.own(`${acme}/limits`, {}, 'DELETE')
  await world.clock.advanceUntil(() => delivered('a') === 5, { minutesMax: 1 })
  assert.equal((await world.own<ListQueueAnswer>('/bulkhead/v1/queue')).Total, 0)
})

test('what waits for a limit for one provider says so, and goes within a second of a higher one', async (t) => {
  // The built-in resolver: by it google.com has exchangers of Google's, not a static route.
  const world = await worldWithTenants(t, { BULKHEAD_RESOLVER: '' })
  await setLimits(world, { Provider: 'google', PerHour: '2' })
  for (let i = 0; i < 6; i++) await world.ses.send(letter('acme', `a${i}@google.com`))
  await world.ses.send(letter('acme', 'b@far.test'))
  const delivered = () => [0, 1, 2, 3, 4, 5].filter((i) => world.far.delivered(`a${i}@google.com`).length > 0).length
  const waiting = async () => (await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { TenantName: 'acme' })).Entries
  await world.clock.advanceUntil(async () => world.far.delivered('b@far.test').length === 1 && (await waiting()).length === 4, { minutesMax: 1 })
  await world.clock.advance(5_000)
  for (const { Reason, State, Provider, NextAttemptTimestamp } of await waiting()) {
    assert.match(Reason, /^Its tenant's limit of 2 an hour for google is used up until/)
    assert.deepEqual([State, Provider], ['WAITING', 'google'])
    assert.ok(Date.parse(NextAttemptTimestamp) > world.clock.now() + 1_800_000, 'when the limit lets it go, not when we look')
  }
  assert.equal((await world.own<TenantAnswer>(acme)).Waiting?.Limit, '2 an hour for google')
  const within = async (count: number) => {
    const from = world.clock.now()
    await world.clock.advanceUntil(() => delivered() === count, { minutesMax: 1 })
    assert.ok(world.clock.now() - from <= 1_500, `${world.clock.now() - from} ms`)
  }
  await setLimits(world, { Provider: 'google', PerHour: '5' })
  await within(5)
  await world.clock.advance(5_000)
  assert.equal(delivered(), 5)
  await world.own(`${acme}/limits`, { Provider: 'google' }, 'DELETE')
  await within(6)
})

test('a rate spreads what comes at once, and the counts are shown', async (t) => {
  const world = await worldWithTenants(t)
  await setLimits(world, { RatePerSecond: '2', Burst: '1', PerDay: '1000' })
  for (let i = 0; i < 6; i++) await world.ses.send(letter('acme', `a${i}@far.test`))
  const startedAt = world.clock.now()
  await world.clock.advanceUntil(() => [0, 1, 2, 3, 4, 5].every((i) => world.far.delivered(`a${i}@far.test`).length === 1), { minutesMax: 1 })
  assert.ok(world.clock.now() - startedAt >= 2_500, `six of them within ${world.clock.now() - startedAt} ms`)
  await world.clock.advanceUntil(async () => (await world.own<TenantAnswer>(acme)).Usage?.Last24Hours === 6, { minutesMax: 1 })
})

test('limits that make no sense are refused and change nothing; they go with the tenant', async (t) => {
  const world = await worldWithTenants(t)
  await setLimits(world, { PerDay: '10' })
  for (const [query, text] of [
    [{ PerDay: '0' }, /PerDay must be a whole number between 1/],
    [{ PerDay: '1.5' }, /whole number/],
    [{ PerDay: 'many' }, /whole number/],
    [{ Weight: '101' }, /between 1 and 100/],
    [{ Speed: '1' }, /Speed is not a limit here/],
    [{ Provider: 'google', Weight: '5' }, /Weight is not a limit here/],
    [{ Provider: 'nobody', PerDay: '5' }, /not a mailbox provider/],
    [{ Burst: '5' }, /Burst needs RatePerSecond/],
    [{ Provider: 'google', Burst: '5' }, /Burst needs RatePerSecond/],
    [{}, /At least one limit/],
  ] as const)
    await assert.rejects(setLimits(world, query), text)
  await setLimits(world, { Provider: 'Gmail', PerDay: '5' })
  assert.deepEqual((await world.own<TenantAnswer>(acme)).Limits, { PerDay: 10, Providers: { google: { PerDay: 5 } } })
  const cleared = (Provider: string) => world.own<TenantAnswer>(`${acme}/limits`, { Provider }, 'DELETE')
  await assert.rejects(cleared('nobody'), /not a mailbox provider/)
  assert.deepEqual((await cleared('yahoo')).Limits, { PerDay: 10, Providers: { google: { PerDay: 5 } } })
  assert.deepEqual((await cleared('google')).Limits, { PerDay: 10 })
  await setLimits(world, { RatePerSecond: '2', Burst: '5' })
  await assert.rejects(setLimits(world, { RatePerSecond: '-1', Burst: '6' }), /Burst needs RatePerSecond/)
  assert.deepEqual((await setLimits(world, { RatePerSecond: '-1' })).Limits, { PerDay: 10 }, 'a burst goes with its rate')
  await assert.rejects(world.own('/bulkhead/v1/tenants/nobody/limits', { PerDay: '5' }, 'PUT'), /nobody/)
  await world.ses.send(new DeleteTenantCommand({ TenantName: 'acme' }))
  await world.tenant('acme', {})
  assert.deepEqual((await world.own<TenantAnswer>(acme)).Limits, {})
})

test('transactional mail overtakes the bulk mail of its tenant, also what waits in the store', async (t) => {
  const world = await worldWithTenants(t)
  await setLimits(world, { RatePerSecond: '5', Burst: '1' })
  for (let call = 0; call < 6; call++) {
    await world.ses.send(
      new SendBulkEmailCommand({
        FromEmailAddress: 'news@acme.test',
        TenantName: 'acme',
        DefaultContent: { Template: { TemplateContent: { Subject: 'News', Text: 'news' }, TemplateData: '{}' } },
        BulkEmailEntries: Array.from({ length: 50 }, (_, i) => ({ Destination: { ToAddresses: [`b${call * 50 + i}@far.test`] } })),
      }),
    )
  }
  await world.ses.send(letter('acme', 'urgent@far.test'))
  const { Entries } = await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { TenantName: 'acme' })
  assert.ok(Entries.some(({ Class }) => Class === 'BULK'))
  await world.clock.advanceUntil(() => world.far.delivered('urgent@far.test').length === 1, { minutesMax: 1 })
  const before = Array.from({ length: 300 }, (_, i) => world.far.delivered(`b${i}@far.test`).length).reduce((sum, count) => sum + count, 0)
  assert.ok(before < 40, `${before} bulk messages went before it`)
})
