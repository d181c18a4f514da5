// A temporary failure is retried by the timetable, and the tenant hears of it once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import { letterTo, startWorld } from '../harness/world.ts'

test('a temporary failure is retried, and the tenant hears of it once', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  await world.tenant('acme', { identities: ['shop.test'] })
  const began = world.clock.now()
  const sent = await world.ses.send(new SendEmailCommand(letterTo('tempfail-2@far.test', { TenantName: 'acme' })))
  await world.clock.advanceUntil(() => world.far.delivered('tempfail-2@far.test').length > 0, { minutesMax: 90 })
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  assert.deepEqual(await world.eventsOf(sent.MessageId), ['SEND', 'DELIVERY_DELAY', 'DELIVERY'])
  assert.equal(world.far.attempts('tempfail-2@far.test'), 3)
  assert.equal(world.far.delivered('tempfail-2@far.test').length, 1)
  // 1 and 3 minutes, each ±20 %.
  const minutes = (world.clock.now() - began) / 60_000
  assert.ok(minutes >= 4 * 0.8 && minutes <= 4 * 1.2 + 0.5, `${minutes} minutes`)
})

test('a reply that never came is an open question: the message is sent again, the same bytes', async (t) => {
  const world = await startWorld(t)
  await world.verifiedIdentity('shop.test')
  const sent = await world.ses.send(new SendEmailCommand(letterTo('drop-after-accept@far.test')))
  await world.clock.advanceUntil(() => world.far.delivered('drop-after-accept@far.test').length === 2, { minutesMax: 90 })
  await world.waitForEvent(sent.MessageId, 'DELIVERY')
  assert.deepEqual((await world.eventsOf(sent.MessageId)).at(-1), 'DELIVERY')
  const [first, second] = world.far.delivered('drop-after-accept@far.test').map(({ bytes }) => bytes.toString('latin1'))
  const body = (text = '') => text.slice(text.search(/^Message-ID:/im))
  assert.equal(body(first), body(second))
})
