// Pools on the road, with real sockets: mail leaves by the address and under the name of its pool, a young address keeps its cap over restarts
// and kills, what it has no room for goes by the shared pool or waits and says why, and no pool's mail ever leaves by another's silently.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as sdk from '@aws-sdk/client-sesv2'
import type { AccountAnswer, ListIpsAnswer, ListQueueAnswer, TenantAnswer } from '../../src/model/own-wire.ts'
import { startProcess } from '../harness/service-process.ts'
import { waitFor } from '../harness/wait-for.ts'
import { letterTo, startWorld, type World } from '../harness/world.ts'
import { type Far, startFar } from './delivery-world.ts'

const addresses = '127.0.0.2/two.bulkhead.test,127.0.0.3/three.bulkhead.test,127.0.0.4/four.bulkhead.test'

/** The far server with the source of each message: address and EHLO name. */
async function watchedFar(t: { after(work: () => Promise<void>): void }): Promise<{ far: Far; seen: (recipient?: string) => string[] }> {
  const sources = new Map<number, string>()
  const names = new Map<number, string>()
  const far = await startFar({
    command(verb, line, session) {
      if (verb === 'EHLO') {
        sources.set(session.number, session.socket.remoteAddress ?? '')
        names.set(session.number, line.slice(5))
      }
      return undefined
    },
  })
  t.after(() => far.close())
  const seen = (recipient?: string) =>
    far.received.filter((one) => recipient === undefined || one.recipient === recipient).map(({ session }) => `${sources.get(session)} ${names.get(session)}`)
  return { far, seen }
}

async function poolWorld(t: Parameters<typeof startWorld>[0]) {
  const { far, seen } = await watchedFar(t)
  const world = await startWorld(t, {
    environment: { BULKHEAD_EGRESS: addresses, BULKHEAD_WARMUP: 'everywhere', BULKHEAD_ROUTES: `*=127.0.0.1:${far.port}`, BULKHEAD_PROVIDER_DKIM: 'off' },
  })
  await world.verifiedIdentity('shop.test')
  const say = {
    pool: (PoolName: string, ScalingMode: sdk.ScalingMode = 'STANDARD') => world.ses.send(new sdk.CreateDedicatedIpPoolCommand({ PoolName, ScalingMode })),
    move: (Ip: string, DestinationPoolName: string) => world.ses.send(new sdk.PutDedicatedIpInPoolCommand({ Ip, DestinationPoolName })),
    warm: (Ip: string, WarmupPercentage: number) => world.ses.send(new sdk.PutDedicatedIpWarmupAttributesCommand({ Ip, WarmupPercentage })),
    set: (ConfigurationSetName: string, SendingPoolName: string) =>
      world.ses.send(new sdk.CreateConfigurationSetCommand({ ConfigurationSetName, DeliveryOptions: { SendingPoolName } })),
    letter: (to: string, more: Partial<sdk.SendEmailCommandInput> = {}) => world.ses.send(new sdk.SendEmailCommand(letterTo(to, more))),
  }
  const arrived = (count: number) => world.clock.advanceUntil(() => far.received.length >= count, { minutesMax: 2 })
  return { world, far, seen, say, arrived }
}
const waiting = async (world: World) => (await world.own<ListQueueAnswer>('/bulkhead/v1/queue')).Entries
const ips = (world: World) => world.own<ListIpsAnswer>('/bulkhead/v1/ips')

test('the pool of the configuration set, the tenant or the account is what the far server sees; a pool without an address keeps its mail', async (t) => {
  const { world, seen, say, arrived } = await poolWorld(t)
  for (const Ip of ['127.0.0.2', '127.0.0.3', '127.0.0.4']) await say.warm(Ip, 100)
  for (const name of ['two', 'three', 'empty']) await say.pool(name)
  await say.move('127.0.0.2', 'two')
  await say.move('127.0.0.3', 'three')
  await say.set('by-two', 'two')
  await say.set('by-empty', 'empty')
  await world.tenant('acme', { identities: ['shop.test'], configurationSets: ['by-two'] })
  await assert.rejects(world.own('/bulkhead/v1/tenants/acme/pool', { PoolName: 'none' }, 'PUT'), /requested pool <none> does not exist/)
  assert.equal((await world.own<TenantAnswer>('/bulkhead/v1/tenants/acme/pool', { PoolName: 'three' }, 'PUT')).PoolName, 'three')
  await say.letter('a@far.test')
  await say.letter('b@far.test', { ConfigurationSetName: 'by-two' })
  await say.letter('c@far.test', { TenantName: 'acme' })
  await say.letter('d@far.test', { TenantName: 'acme', ConfigurationSetName: 'by-two' })
  await say.letter('e@far.test', { ConfigurationSetName: 'by-empty' })
  await arrived(4)
  const four = ['127.0.0.4 four.bulkhead.test']
  assert.deepEqual(seen('a@far.test'), four, 'outside all pools')
  assert.deepEqual(seen('b@far.test'), ['127.0.0.2 two.bulkhead.test'], 'of the set')
  assert.deepEqual(seen('c@far.test'), ['127.0.0.3 three.bulkhead.test'], 'of the tenant')
  assert.deepEqual(seen('d@far.test'), ['127.0.0.2 two.bulkhead.test'], 'the set names first')
  const [held] = await waiting(world)
  assert.deepEqual([held?.State, held?.Reason], ['HELD', 'The pool <empty> has no sending address on this node.'])

  // A default pool does not go silently.
  await assert.rejects(world.ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'three' })), /default pool of tenants, <acme> for one/)
  assert.equal((await world.own<AccountAnswer>('/bulkhead/v1/account/pool', { PoolName: 'two' }, 'PUT')).DefaultPool, 'two')
  await assert.rejects(world.ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'two' })), /default pool of the account/)
  await say.letter('f@far.test')
  await arrived(5)
  assert.deepEqual(seen('f@far.test'), ['127.0.0.2 two.bulkhead.test'], 'of the account')

  await world.restart()
  await say.move('127.0.0.4', 'empty')
  await arrived(6)
  assert.deepEqual(seen('e@far.test'), four, 'it went when its pool had an address')
  await world.ses.send(new sdk.DeleteTenantCommand({ TenantName: 'acme' }))
  await world.ses.send(new sdk.DeleteDedicatedIpPoolCommand({ PoolName: 'three' }))
})

test('new addresses begin to warm up; a young pool overflows to the shared one, and without that its mail waits and says so', async (t) => {
  const { world, far, seen, say, arrived } = await poolWorld(t)
  const first = await ips(world)
  assert.deepEqual(
    first.Ips.map(({ Ip, EhloName, WarmupStatus, WarmupPercentage, CapToday, UsedToday }) => [
      Ip,
      EhloName,
      WarmupStatus,
      WarmupPercentage,
      CapToday,
      UsedToday,
    ]),
    ['two', 'three', 'four'].map((name, index) => [`127.0.0.${index + 2}`, `${name}.bulkhead.test`, 'IN_PROGRESS', 0, 50, 0]),
  )
  await say.pool('young')
  await say.pool('aside')
  await say.move('127.0.0.3', 'young')
  await say.move('127.0.0.2', 'aside')
  await say.warm('127.0.0.4', 100)
  await say.set('by-young', 'young')
  for (const to of ['a', 'b', 'c']) await say.letter(`${to}@far.test`, { ConfigurationSetName: 'by-young' })
  await arrived(3)
  // Four an hour, one in five minutes; the rest by the address outside all pools.
  assert.deepEqual(seen().sort(), ['127.0.0.3 three.bulkhead.test', '127.0.0.4 four.bulkhead.test', '127.0.0.4 four.bulkhead.test'])

  await say.move('127.0.0.4', 'aside')
  for (const to of ['d', 'e']) await say.letter(`${to}@far.test`, { ConfigurationSetName: 'by-young' })
  await world.clock.advanceUntil(async () => (await waiting(world)).filter(({ State }) => State === 'WAITING').length === 2, { minutesMax: 1 })
  for (const { Reason, NextAttemptTimestamp } of await waiting(world)) {
    assert.match(Reason, /^The addresses of the pool <young> are warming up: their room is used up until 20/)
    const ahead = Date.parse(NextAttemptTimestamp) - world.clock.now()
    assert.ok(ahead > 0 && ahead <= 600_000, `the next look is ${ahead} ms ahead`)
  }
  const ofPool = async (PoolName: string) => (await world.own<ListQueueAnswer>('/bulkhead/v1/queue', { PoolName })).Entries
  assert.deepEqual(
    (await ofPool('young')).map(({ Recipient, PoolName, Ip }) => [Recipient, PoolName, Ip]),
    [
      ['d@far.test', 'young', '127.0.0.3'],
      ['e@far.test', 'young', '127.0.0.3'],
    ],
  )
  assert.deepEqual(await ofPool('aside'), [])
  assert.equal(far.received.length, 3)
  await world.restart()
  const young = (await ips(world)).Ips.find(({ Ip }) => Ip === '127.0.0.3')
  assert.equal(young?.UsedToday, 1, 'a restart forgets nothing')
  assert.ok(young?.FullUntil)
  await world.clock.advanceUntil(() => far.received.length === 4, { minutesMax: 6 })
  await world.clock.advance(20_000)
  assert.equal(far.received.length, 4, 'one in five minutes')
  assert.deepEqual(new Set(seen('d@far.test').concat(seen('e@far.test'))), new Set(['127.0.0.3 three.bulkhead.test']))
  // Finished by hand: what waits goes.
  await say.warm('127.0.0.3', 100)
  await world.clock.advanceUntil(() => far.received.length === 5, { minutesMax: 11 })
})

test('a managed pool counts by provider, shows no percentage, and its plan is refused; a standard pool takes one', async (t) => {
  const { world, far, seen, say, arrived } = await poolWorld(t)
  await say.warm('127.0.0.4', 100)
  await say.pool('auto', 'MANAGED')
  await say.pool('plan')
  await say.move('127.0.0.3', 'auto')
  await say.move('127.0.0.2', 'plan')
  await say.set('by-auto', 'auto')
  for (const to of ['a', 'b']) await say.letter(`${to}@far.test`, { ConfigurationSetName: 'by-auto' })
  await arrived(2)
  assert.deepEqual(seen().sort(), ['127.0.0.3 three.bulkhead.test', '127.0.0.4 four.bulkhead.test'], 'the first place, then the shared pool')
  const managed = (await ips(world)).Ips.find(({ Ip }) => Ip === '127.0.0.3')
  assert.deepEqual([managed?.WarmupStatus, managed?.WarmupPercentage, managed?.CapToday, managed?.UsedToday], ['NOT_APPLICABLE', -1, null, 1])
  assert.deepEqual(
    managed?.Providers.map(({ Provider, CapToday, UsedToday }) => [Provider, CapToday, UsedToday]),
    [[`mx route 127.0.0.1:${far.port}`, 20, 1]],
  )
  const plan = (pool: string, DailyCaps: string) => world.own<ListIpsAnswer>(`/bulkhead/v1/pools/${pool}/warmup-plan`, { DailyCaps }, 'PUT')
  await assert.rejects(plan('auto', '10'), /<auto> is MANAGED/)
  await assert.rejects(plan('plan', '10,x'), /DailyCaps must be/)
  await assert.rejects(plan('none', '10'), /requested pool <none> does not exist/)
  assert.equal((await plan('plan', '10,30,90')).Ips.find(({ Ip }) => Ip === '127.0.0.2')?.CapToday, 10)
  await world.own('/bulkhead/v1/pools/plan/warmup-plan', {}, 'DELETE')
  assert.equal((await ips(world)).Ips.find(({ Ip }) => Ip === '127.0.0.2')?.CapToday, 50)
})

test('a service that is killed in the middle of its day does not send the day again', { timeout: 60_000 }, async (t) => {
  const { far, seen } = await watchedFar(t)
  const service = await startProcess(t, {
    environment: {
      BULKHEAD_EGRESS: '127.0.0.2/two.bulkhead.test',
      BULKHEAD_WARMUP: 'everywhere',
      BULKHEAD_ROUTES: `*=127.0.0.1:${far.port}`,
      BULKHEAD_LOG_LEVEL: 'silent',
    },
  })
  const { ses } = service
  await ses.send(new sdk.CreateEmailIdentityCommand({ EmailIdentity: 'shop.test' }))
  await waitFor('verification', async () => (await ses.send(new sdk.GetEmailIdentityCommand({ EmailIdentity: 'shop.test' }))).VerifiedForSendingStatus)
  // 1,232 a day: 102 an hour, 17 in five minutes.
  await ses.send(new sdk.PutDedicatedIpWarmupAttributesCommand({ Ip: '127.0.0.2', WarmupPercentage: 47 }))
  const [before] = (await service.own<ListIpsAnswer>('/bulkhead/v1/ips')).Ips
  const most = Math.ceil(Math.floor((before?.CapToday ?? 0) / 12) / 6)
  assert.ok(most >= 15 && most <= 25, `${most} in five minutes`)
  const bucket = () => Math.floor(Date.now() / 300_000)
  const began = bucket()
  const send = (count: number) => Promise.allSettled(Array.from({ length: count }, (_, i) => ses.send(new sdk.SendEmailCommand(letterTo(`r${i}@far.test`)))))
  await send(6)
  await waitFor('some to leave', () => far.received.length >= 3)
  const cut = send(60)
  for (let kills = 0; kills < 3; kills++) {
    await service.kill()
    await cut
    const { length } = far.received
    await service.start()
    await waitFor('the queue to be looked at', async () => {
      const { Entries } = await service.own<ListQueueAnswer>('/bulkhead/v1/queue')
      return Entries.every(({ State }) => State === 'WAITING')
    })
    if (kills === 1) await send(30)
    const [ip] = (await service.own<ListIpsAnswer>('/bulkhead/v1/ips')).Ips
    assert.ok((ip?.UsedToday ?? 0) >= length, `${ip?.UsedToday} counted of ${length} that left`)
  }
  const windows = bucket() - began + 1
  assert.ok(far.received.length <= most * windows, `${far.received.length} left within ${windows} times five minutes of ${most}`)
  assert.ok(far.received.length >= most / 3, `${far.received.length} left at all`)
  assert.deepEqual(new Set(seen()), new Set(['127.0.0.2 two.bulkhead.test']))
})
