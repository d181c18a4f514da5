// A managed pool on the road: replies are what the daily judgement counts, by address and provider, and what was learned survives a restart.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDelivery } from '../../src/delivery/deliver-due.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { systemDial } from '../../src/kit/dial.ts'
import { emptyDay } from '../../src/resources/managed-warmth.ts'
import { warmupCounts, warmupKey } from '../../src/resources/warmup-counts.ts'
import { utcDay } from '../../src/resources/warmup-schedule.ts'
import { openStates, startDeliveryWorld, startFar } from './delivery-world.ts'

const address = { address: '127.0.0.2', ehloName: 'two.bulkhead.test', warmup: { warmupPercentage: 100 }, plan: undefined, managed: true }
const dayMs = 86_400_000

/** One reply of the provider is what a day of 19 good attempts still lacks; answers the caps of that day and the next. */
async function capAfter(t: Parameters<typeof startDeliveryWorld>[0], reply: string | undefined): Promise<number[]> {
  const far = await startFar({ command: (verb) => (verb === 'RCPT' ? reply : undefined) })
  const provider = `mx route 127.0.0.1:${far.port}`
  const routes = new Map([['*', [{ host: '127.0.0.1', port: far.port }]]])
  const states = async () => ({ ...openStates, egress: [address], warming: { name: 'auto', addresses: [address], overflow: [] } })
  const world = await startDeliveryWorld(t, { routes, capRoutes: true, egress: [address], states })
  world.cleanUp(() => far.close())
  // Noon, so that the day does not end on the way.
  await world.clock.advance(dayMs + dayMs / 2 - (world.clock.now() % dayMs))
  const day = utcDay(world.clock.now())
  const today = { ...emptyDay, used: 70, attempts: 19 }
  await world.store.commit([
    {
      type: 'put',
      collection: warmupCounts,
      key: warmupKey(address.address, provider),
      value: {
        address: address.address,
        provider,
        counts: { days: { [day]: 70 }, newest: 0, buckets: [], open: 0 },
        warmth: { cap: 100, day, today, holdUntilDay: 0, quietDays: 0, lastUsedDay: day },
      },
    },
  ])
  await world.send('reader@far.test')
  await world.until(() => far.sessions.some(({ commands }) => commands.some((line) => line.startsWith('RCPT'))))
  await world.delivery.idle()
  const [standing] = await world.delivery.warmupOf(address)
  assert.deepEqual([standing?.provider, standing?.used], [provider, 71])
  await world.delivery.close(2_000)
  await world.clock.advance(dayMs)
  const again = startDelivery({
    store: world.store,
    clock: world.clock,
    random: systemRandom,
    log: silentLog,
    metrics: createMetrics(),
    home: { region: 'us-east-1', accountId: '111122223333' },
    hostname: 'mail.bulkhead.test',
    dns: { mx: fail, ipv4: fail, ipv6: fail, txt: fail, cname: fail },
    dial: systemDial,
    routes,
    egress: [address],
    allowPrivate: false,
    sealer: world.sealer,
    states,
    signing: { workers: 1 },
  })
  world.cleanUp(() => again.close(2_000))
  const [next] = await again.warmupOf(address)
  return [standing?.cap ?? 0, next?.cap ?? 0]
}
const fail = async () => ({ kind: 'failed', code: 'ESERVFAIL' }) as const

test('a day of good mail grows the cap of the next', async (t) => {
  assert.deepEqual(await capAfter(t, undefined), [100, 150])
})

test('a day whose twentieth part was blocked halves it', async (t) => {
  assert.deepEqual(await capAfter(t, '550 5.7.1 Your IP address 127.0.0.2 is blocked because of its reputation\r\n'), [100, 50])
})

test('a recipient who does not exist says nothing of the address', async (t) => {
  assert.deepEqual(await capAfter(t, '550 5.1.1 User unknown\r\n'), [100, 150])
})
