// A backlog behind a warm-up cap: it waits in the store, is not claimed round and round, leaves as the cap allows, and mail of other pools goes on.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from '../../src/kit/metrics.ts'
import { openStates, startDeliveryWorld, startFar } from './delivery-world.ts'

const young = { address: '127.0.0.2', ehloName: 'two.bulkhead.test', warmup: { warmupPercentage: 0 }, plan: [288], managed: false }

test('1,000 messages behind a cap are looked at about once in ten minutes, and leave at its pace while others go on', async (t) => {
  const far = await startFar()
  const metrics = createMetrics()
  const world = await startDeliveryWorld(t, {
    metrics,
    routes: new Map([['*', [{ host: '127.0.0.1', port: far.port }]]]),
    capRoutes: true,
    egress: [young, { address: '127.0.0.3', ehloName: 'three.bulkhead.test' }],
    states: async ({ tenantName }) =>
      tenantName === 'young'
        ? { ...openStates, egress: [young], warming: { name: 'young', addresses: [young], overflow: [] } }
        : { ...openStates, egress: [{ address: '127.0.0.3', ehloName: 'three.bulkhead.test' }] },
  })
  world.cleanUp(() => far.close())
  const counted = async (name: string) => Number(new RegExp(`^${name}.* (\\d+)$`, 'm').exec(await metrics.expose())?.[1] ?? 0)
  const backlog = 1_000
  await Promise.all(Array.from({ length: backlog }, (_, i) => world.send(`r${i}@far.test`, { tenantName: 'young', leased: false })))
  await world.until(async () => (await counted('bulkhead_warmup_delays_total')) >= backlog - 10, { advanceMs: 200 })
  const began = world.clock.now()
  const looked = await counted('bulkhead_warmup_delays_total')
  await world.send('other@far.test', { tenantName: 'other' })
  await world.until(() => far.received.some(({ recipient }) => recipient === 'other@far.test'))
  await world.until(() => world.clock.now() - began >= 20 * 60_000, { advanceMs: 5_000 })
  const looks = (await counted('bulkhead_warmup_delays_total')) - looked
  assert.ok(looks <= backlog * 2.5, `${looks} looks at ${backlog} messages in twenty minutes`)
  await world.delivery.idle()
  const left = far.received.length - 1
  // 288 a day: 24 an hour, 4 in five minutes.
  assert.ok(left >= 12 && left <= 24, `${left} left`)
  assert.equal(await counted('bulkhead_warmup_used_today'), left)
  assert.equal((await world.queue()).length, backlog - left, 'none is lost')
})

test('a place of mail that was never tried is given back', async (t) => {
  const dead = await startFar()
  await dead.close()
  const metrics = createMetrics()
  const world = await startDeliveryWorld(t, {
    metrics,
    routes: new Map([['*', [{ host: '127.0.0.1', port: dead.port }]]]),
    capRoutes: true,
    egress: [young],
    states: async () => ({ ...openStates, egress: [young], warming: { name: 'young', addresses: [young], overflow: [] } }),
  })
  await world.send('nobody@far.test', { tenantName: 'young' })
  await world.until(async () => (await world.queue()).some(({ attempts }) => attempts === 1))
  const text = await metrics.expose()
  assert.match(text, /^bulkhead_warmup_places_total.* 1$/m)
  assert.match(text, /^bulkhead_warmup_used_today 0$/m)
})

test('caps count for mail by MX records; a static route to an own relay has none unless asked for', async (t) => {
  const far = await startFar()
  const world = await startDeliveryWorld(t, {
    zone: { mx: { 'far.test': [{ exchange: 'mx.far.test', preference: 10 }] }, a: { 'mx.far.test': ['127.0.0.1'] } },
    remotePort: far.port,
    allowPrivate: true,
    routes: new Map([['relay.test', [{ host: '127.0.0.1', port: far.port }]]]),
    egress: [young],
    states: async () => ({ ...openStates, egress: [young], warming: { name: 'young', addresses: [{ ...young, plan: [12] }], overflow: [] } }),
  })
  world.cleanUp(() => far.close())
  for (const name of ['a', 'b', 'c']) {
    await world.send(`${name}@far.test`)
    await world.send(`${name}@relay.test`)
  }
  await world.until(async () => far.received.length >= 4 && (await world.queue()).length === 2)
  const to = (domain: string) => far.received.filter(({ recipient }) => recipient.endsWith(`@${domain}`)).length
  assert.deepEqual([to('far.test'), to('relay.test')], [1, 3])
  const [waiting] = await world.queue()
  assert.ok(waiting)
  assert.match((await world.delivery.explain(waiting, false)).reason, /^The addresses of the pool <young> are warming up/)
})
