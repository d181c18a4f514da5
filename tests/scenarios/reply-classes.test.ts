// What delivery does with the judgement on a reply: the provider is known by its exchangers, a named wait is kept,
// a used-up connection costs nothing, and a permanent failure that is not about the address lists nobody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSuppression, suppressionRule } from '../../src/resources/suppression-rule.ts'
import { type FarScript, openStates, startDeliveryWorld, startFar } from './delivery-world.ts'

const routeTo = (port: number) => new Map([['*', [{ host: '127.0.0.1', port }]]])

async function worldWithFar(t: Parameters<typeof startDeliveryWorld>[0], script: FarScript, settings: Parameters<typeof startDeliveryWorld>[1] = {}) {
  const far = await startFar(script)
  const world = await startDeliveryWorld(t, { routes: routeTo(far.port), ...settings })
  world.cleanUp(() => far.close())
  return { ...world, far }
}

test("a provider is known by its mail exchangers: the same words are a hard bounce at one's and not at another's", async (t) => {
  const far = await startFar({ command: (verb) => (verb === 'RCPT' ? '550 Recipient address rejected: Access denied\r\n' : undefined) })
  const world = await startDeliveryWorld(t, {
    remotePort: far.port,
    allowPrivate: true,
    // Names of a provider's exchangers, in a zone of this test alone.
    zone: {
      mx: {
        'hosted.test': [{ exchange: 'hosted-test.mail.protection.outlook.com', preference: 0 }],
        'own.test': [
          { exchange: 'own-test.mail.protection.outlook.com', preference: 0 },
          { exchange: 'mx.own.test', preference: 10 },
        ],
      },
      a: { 'hosted-test.mail.protection.outlook.com': ['127.0.0.1'], 'own-test.mail.protection.outlook.com': ['127.0.0.1'], 'mx.own.test': ['127.0.0.1'] },
    },
  })
  world.cleanUp(() => far.close())
  const hosted = await world.send('bob@hosted.test')
  const own = await world.send('bob@own.test')
  await world.delivery.idle()
  const bounceOf = async (messageId: string) => (await world.events(messageId))[0]?.detail
  assert.deepEqual([(await bounceOf(hosted))?.bounceType, (await bounceOf(hosted))?.bounceSubType], ['Permanent', 'NoEmail'])
  assert.deepEqual([(await bounceOf(own))?.bounceType, (await bounceOf(own))?.bounceSubType], ['Transient', 'General'])
})

test('no attempt comes before the wait that the far side named is over', async (t) => {
  let attempts = 0
  const { send, far, until, queue, clock } = await worldWithFar(t, {
    command: (verb) => (verb === 'RCPT' && attempts++ === 0 ? '450 4.2.0 Greylisted for 30 minutes\r\n' : undefined),
  })
  await send('bob@far.test')
  await until(async () => (await queue())[0]?.attempts === 1)
  const [entry] = await queue()
  assert.ok((entry?.dueAt ?? 0) >= clock.now() + 29 * 60_000, 'due when it was told to come back')
  await clock.advance(25 * 60_000)
  assert.equal(far.received.length, 0)
  await until(() => far.received.length === 1, { advanceMs: 60_000 })
})

test('"too many messages on this connection" takes the next one at once, spends no attempt, and is remembered', async (t) => {
  const { send, far, delivery, events, queue } = await worldWithFar(
    t,
    {
      command: (verb, _line, session) =>
        verb === 'MAIL' && session.messages >= 2 ? '451 You have exceeded maximum number of messages per connection\r\n' : undefined,
    },
    { limits: { connectionsPerRouteMax: 1 } },
  )
  const sent: string[] = []
  for (let count = 0; count < 6; count++) sent.push(await send(`bob${count}@far.test`))
  await delivery.idle()
  assert.equal(far.received.length, 6)
  assert.deepEqual(await queue(), [])
  for (const messageId of sent)
    assert.deepEqual(
      (await events(messageId)).map(({ type }) => type),
      ['DELIVERY'],
    )
  const [first, ...later] = far.sessions
  assert.equal(first?.commands.filter((line) => line.startsWith('MAIL')).length, 3, 'the third was refused')
  for (const session of later) assert.ok(session.messages <= 2)
  assert.equal(later.at(-1)?.commands.filter((line) => line.startsWith('MAIL')).length, 2, 'the cap was learned: nobody asks a third time')
})

test('a mail loop ends the message and lists nobody; an unknown user is listed', async (t) => {
  const states = { ...openStates, account: { ...openStates.account, suppressedReasons: ['BOUNCE' as const] } }
  const { send, delivery, events, store } = await worldWithFar(
    t,
    { message: (_text, session) => (session.recipient.startsWith('loop') ? '554 5.4.6 Too many hops\r\n' : '550 5.1.1 User unknown\r\n') },
    { states: async () => states },
  )
  const sent = [await send('loop@far.test', { tenantName: '' }), await send('nobody@far.test', { tenantName: '' })]
  await delivery.idle()
  for (const messageId of sent) assert.equal((await events(messageId))[0]?.detail.bounceType, 'Permanent')
  const listed = (address: string) => findSuppression(store, suppressionRule(states), address)
  assert.deepEqual([await listed('loop@far.test'), await listed('nobody@far.test')], [undefined, 'BOUNCE'])
})
