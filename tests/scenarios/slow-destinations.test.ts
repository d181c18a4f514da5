// A destination that takes mail more slowly than it comes: it holds back neither the other mail of its senders nor the mail of others, whatever waits
// for it; nothing is lost or doubled, and what waits keeps its order.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type FarScript, startDeliveryWorld, startFar } from './delivery-world.ts'

async function startSlowWorld(t: TestContext, script: FarScript) {
  const [slow, quick] = [await startFar(script), await startFar()]
  const routes = new Map([
    ['slow.test', [{ host: '127.0.0.1', port: slow.port }]],
    ['slow-too.test', [{ host: '127.0.0.1', port: slow.port }]],
    ['*', [{ host: '127.0.0.1', port: quick.port }]],
  ])
  const world = await startDeliveryWorld(t, { routes })
  world.cleanUp(() => slow.close())
  world.cleanUp(() => quick.close())
  const until = (condition: () => boolean | Promise<boolean>, advanceMs = 5) => world.until(condition, { advanceMs, looksMax: 3_000 })
  return { ...world, until, slow, quick }
}

const times = <T>(count: number, make: (index: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, index) => make(index)))

test('the other mail of a tenant goes on while a thousand of its messages wait for a slow destination', async (t) => {
  const { send, until, store, slow, quick } = await startSlowWorld(t, { messageDelayMs: 150 })
  await times(1_000, (i) => send(`s${i}@${i % 3 === 0 ? 'slow-too' : 'slow'}.test`, { leased: false }))
  await send('first@quick.test', { leased: false })
  await until(() => quick.received.length === 1)
  assert.ok(slow.received.length < 500, `${slow.received.length} of the slow ones went before`)
  // Later ones too, and in their order.
  await times(20, (i) => send(`q${i}@quick.test`, { leased: false }))
  await until(() => quick.received.length === 21)
  assert.ok(slow.received.length < 900, `${slow.received.length} of the slow ones went before`)
  await until(() => slow.received.length >= 1_000)
  await until(() => store.queueLength() === 0)
  const recipients = slow.received.map(({ recipient }) => recipient)
  assert.equal(new Set(recipients).size, 1_000, 'each once')
  assert.equal(recipients.length, 1_000)
  // Nearly in order: not further apart than what may be in memory at a time.
  const numbers = recipients.map((recipient) => Number(/s(\d+)@/.exec(recipient)?.[1]))
  assert.ok(
    numbers.every((number, at) => Math.abs(number - at) < 200),
    'what waited longest went first',
  )
})

test('its transactional mail for the slow destination goes before the bulk mail that waits there', async (t) => {
  const { send, until, slow } = await startSlowWorld(t, { messageDelayMs: 150 })
  await times(600, (i) => send(`b${i}@slow.test`, { leased: false, bulk: true }))
  await until(() => slow.received.length >= 40)
  await send('urgent@slow.test', { leased: false })
  const before = slow.received.length
  await until(() => slow.received.some(({ recipient }) => recipient.startsWith('urgent@')))
  assert.ok(slow.received.length - before < 100, `${slow.received.length - before} bulk messages went before it`)
})

test('a hundred and fifty tenants with mail for a destination that never answers leave room for everybody else', async (t) => {
  const { send, until, quick, store } = await startSlowWorld(t, { message: () => null })
  for (let tenant = 0; tenant < 150; tenant++) {
    await times(70, (i) => send(`m${i}@slow.test`, { leased: false, tenantName: `tenant-${tenant}` }))
  }
  await times(30, (i) => send(`r${i}@quick.test`, { leased: false, tenantName: i % 2 === 0 ? 'other' : 'tenant-7' }))
  await until(() => quick.received.length === 30, 50)
  await until(() => store.queueLength() === 150 * 70)
})

test('when the destination is fast again, what waited leaves at its speed', async (t) => {
  const script: FarScript = { messageDelayMs: 400 }
  const { send, until, slow, store } = await startSlowWorld(t, script)
  await times(800, (i) => send(`s${i}@slow.test`, { leased: false }))
  await until(() => slow.received.length >= 30)
  delete script.messageDelayMs
  const startedAt = Date.now()
  await until(() => slow.received.length >= 800)
  // At the old pace the rest would take fifteen seconds.
  assert.ok(Date.now() - startedAt < 8_000, `${Date.now() - startedAt} ms`)
  await until(() => store.queueLength() === 0)
  assert.equal(slow.received.length, 800)
})
