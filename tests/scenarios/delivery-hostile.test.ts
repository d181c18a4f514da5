// Far servers that misbehave: nothing is lost, nothing hangs, nothing is believed that was not said under TLS.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { systemClock } from '../../src/kit/clock.ts'
import { type DialTarget, systemDial } from '../../src/kit/dial.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { selfSignedCertificate } from '../../src/kit/self-signed-certificate.ts'
import { type FarScript, openStates, startDeliveryWorld, startFar } from './delivery-world.ts'

async function worldWithFar(t: Parameters<typeof startDeliveryWorld>[0], script: FarScript = {}, settings: Parameters<typeof startDeliveryWorld>[1] = {}) {
  const far = await startFar(script)
  const world = await startDeliveryWorld(t, { routes: new Map([['*', [{ host: '127.0.0.1', port: far.port }]]]), ...settings })
  world.cleanUp(() => far.close())
  return { ...world, far }
}

const requireTls = {
  states: async () => ({
    ...openStates,
    configurationSet: {
      name: 'secure',
      createdAt: 0,
      tags: [],
      sendingEnabled: true,
      delivery: { tlsPolicy: 'REQUIRE', poolName: undefined, maxDeliverySeconds: undefined },
      tracking: undefined,
      reputation: undefined,
      suppression: undefined,
    } as const,
  }),
}

test('replies in segments of one byte are understood', async (t) => {
  const slowly = (text: string) => (_: unknown, __: unknown, session: { socket: import('node:net').Socket }) => {
    for (const character of text) session.socket.write(character)
    return null
  }
  const ehlo = slowly('250-far.test\r\n250-PIPELINING\r\n250 SIZE 1000\r\n')
  const { send, far, delivery } = await worldWithFar(t, { command: (verb, line, session) => (verb === 'EHLO' ? ehlo(verb, line, session) : undefined) })
  await send('bob@far.test')
  await delivery.idle()
  assert.equal(far.received.length, 1)
})

for (const [name, greeting] of [
  ['an endless line', 'x'.repeat(100_000)],
  ['an endless reply', '220-hello\r\n'.repeat(2_000)],
  ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ['a refusal of our address', '554 5.7.1 Your address is blocked\r\n'],
] as const) {
  test(`${name} as greeting defers and never bounces`, async (t) => {
    const { send, delivery, events, queue } = await worldWithFar(t, { greeting: () => greeting })
    const messageId = await send('bob@far.test')
    await delivery.idle()
    assert.deepEqual(
      (await events(messageId)).map(({ type }) => type),
      ['DELIVERY_DELAY'],
    )
    assert.match((await queue())[0]?.lastReply ?? '', /^421 /)
  })
}

test('a connection lost after the final dot is tried again with the same bytes', async (t) => {
  const texts: string[] = []
  const { send, far, until } = await worldWithFar(t, {
    message: (text, session) => {
      texts.push(text)
      if (texts.length > 1) return undefined
      session.socket.destroy()
      return null
    },
  })
  await send('bob@far.test')
  await until(() => far.received.length === 1, { advanceMs: 10_000 })
  assert.equal(texts.length, 2)
  assert.equal(texts[0], texts[1])
})

test('421 in the middle costs the present message an attempt and the others nothing', async (t) => {
  let said = false
  const { send, far, delivery, queue, until } = await worldWithFar(
    t,
    {
      message: () => {
        if (said) return undefined
        said = true
        return '421 4.7.0 Too much\r\n'
      },
    },
    { limits: { connectionsPerRouteMax: 1 } },
  )
  for (let i = 0; i < 10; i++) await send(`n${i}@far.test`)
  await delivery.idle()
  assert.equal(far.received.length, 9)
  assert.deepEqual(
    (await queue()).map(({ attempts, lastReply }) => [attempts, lastReply]),
    [[1, '421 4.7.0 Too much']],
  )
  await until(() => far.received.length === 10, { advanceMs: 10_000 })
})

test('a server that closes after two messages gets all of them, with new connections', async (t) => {
  const { send, far, delivery, events, until } = await worldWithFar(
    t,
    {
      message: (_, session) => {
        if (session.messages === 1) setImmediate(() => session.socket.end())
        return undefined
      },
    },
    { limits: { connectionsPerRouteMax: 2 } },
  )
  for (let i = 0; i < 20; i++) await send(`n${i}@far.test`)
  const types = async () => (await events()).map(({ type }) => type)
  // The clock goes on between attempts: a cut may take a reply with it, and then the message is sent once more (RFC 5321 §4.5.3.2.6).
  const deliveries = async () => {
    await delivery.idle()
    return (await types()).filter((type) => type === 'DELIVERY').length
  }
  await until(async () => (await deliveries()) === 20, { advanceMs: 10_000 })
  assert.deepEqual(new Set(far.received.map(({ recipient }) => recipient)), new Set(Array.from({ length: 20 }, (_, i) => `n${i}@far.test`)))
  const delays = (await types()).filter((type) => type !== 'DELIVERY')
  assert.ok(
    delays.every((type) => type === 'DELIVERY_DELAY'),
    'none bounced',
  )
  assert.ok(far.received.length <= 20 + delays.length, 'nothing came twice that had not been told as delayed')
})

test('a server without EHLO and one without PIPELINING are served step by step', async (t) => {
  for (const script of [
    { command: (verb: string) => (verb === 'EHLO' ? '502 5.5.1 What?\r\n' : undefined) },
    { capabilities: ['8BITMIME'] },
  ] satisfies FarScript[]) {
    const { send, far, delivery } = await worldWithFar(t, script, { limits: { connectionsPerRouteMax: 1 } })
    for (let i = 0; i < 3; i++) await send(`n${i}@far.test`)
    await delivery.idle()
    assert.equal(far.received.length, 3)
  }
})

test('DSN parameters are given where they are offered', async (t) => {
  const { send, far, delivery } = await worldWithFar(t, { capabilities: ['PIPELINING', 'DSN'] })
  await send('b+x=y@far.test')
  await delivery.idle()
  const commands = far.sessions[0]?.commands ?? []
  assert.match(commands.find((line) => line.startsWith('MAIL')) ?? '', /^MAIL FROM:<b\+([a-z2-7]+\.[a-z2-7]+)@mail\.bulkhead\.test> RET=HDRS ENVID=\1$/)
  assert.equal(
    commands.find((line) => line.startsWith('RCPT')),
    'RCPT TO:<b+x=y@far.test> NOTIFY=FAILURE ORCPT=rfc822;b+2Bx+3Dy@far.test',
  )
})

test('a message above the announced SIZE bounces as too large without being sent', async (t) => {
  const { send, far, delivery, events } = await worldWithFar(t, { capabilities: ['PIPELINING', 'SIZE 500'] })
  const messageId = await send('bob@far.test', { text: `${'x'.repeat(70)}\r\n`.repeat(20) })
  await delivery.idle()
  assert.equal((await events(messageId))[0]?.detail.bounceSubType, 'MessageTooLarge')
  assert.equal(
    far.sessions[0]?.commands.some((line) => line.startsWith('MAIL')),
    false,
  )
})

test('STARTTLS is used when it is offered, and the event names the version', async (t) => {
  const tls = selfSignedCertificate(['far.test'], { clock: systemClock, random: systemRandom })
  const { send, far, delivery, events } = await worldWithFar(t, { tls })
  const messageId = await send('bob@far.test')
  await delivery.idle()
  assert.equal(far.received[0]?.secure, true)
  assert.match((await events(messageId))[0]?.tags['ses:outgoing-tls-version']?.[0] ?? '', /^TLSv1\.[23]$/)
})

test('a broken handshake falls back to clear text on a second connection', async (t) => {
  const { send, far, delivery } = await worldWithFar(
    t,
    {
      capabilities: ['PIPELINING', 'STARTTLS'],
      command: (verb, _, session) => {
        if (verb !== 'STARTTLS') return undefined
        setImmediate(() => session.socket.destroy())
        return '220 Go\r\n'
      },
    },
    { limits: { connectionsPerRouteMax: 1 } },
  )
  await send('bob@far.test')
  await delivery.idle()
  assert.equal(far.received.length, 1)
  assert.equal(far.sessions.length, 2)
})

test('what is said in clear behind the 220 is not believed', async (t) => {
  const { send, far, delivery, queue } = await worldWithFar(
    t,
    {
      capabilities: ['PIPELINING', 'STARTTLS'],
      command: (verb) => (verb === 'STARTTLS' ? '220 Go\r\n250-evil\r\n250 PIPELINING\r\n250 Ok\r\n250 Ok\r\n354 Give me\r\n250 Taken\r\n' : undefined),
    },
    requireTls,
  )
  await send('bob@far.test', { configurationSetName: 'secure' })
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.equal(far.received.length, 0)
  assert.equal((await queue()).length, 1)
  for (const session of far.sessions) session.socket.destroy()
  await delivery.idle()
})

test('TlsPolicy REQUIRE never sends in clear', async (t) => {
  const { send, far, delivery, events, queue } = await worldWithFar(t, {}, requireTls)
  const messageId = await send('bob@far.test', { configurationSetName: 'secure' })
  await delivery.idle()
  assert.equal(far.received.length, 0)
  assert.equal(
    far.sessions[0]?.commands.some((line) => line.startsWith('MAIL')),
    false,
  )
  assert.match((await queue())[0]?.lastReply ?? '', /^451 4\.7\.10 /)
  assert.equal((await events(messageId))[0]?.detail.delayType, 'TransientCommunicationFailure')
})

test('a server that never answers times out, after the dot only when ten minutes passed', async (t) => {
  const { send, far, until, queue, clock } = await worldWithFar(t, { message: () => null })
  await send('bob@far.test')
  await until(() => far.sessions[0]?.commands.includes('DATA') ?? false)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await clock.advance(590_000)
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal((await queue())[0]?.attempts, 0)
  await clock.advance(12_000)
  await until(async () => (await queue())[0]?.attempts === 1, { advanceMs: 1_000 })
  assert.match((await queue())[0]?.lastReply ?? '', /^421 4\.4\.2 /)
})

test('a server that cuts every session at MAIL is left alone after a few', async (t) => {
  const { send, far, delivery, queue } = await worldWithFar(t, { command: (verb) => (verb === 'MAIL' ? '421 4.7.0 Come back later\r\n' : undefined) })
  await Promise.all(Array.from({ length: 60 }, (_, i) => send(`n${i}@far.test`)))
  await delivery.idle()
  assert.ok(far.sessions.length <= 12, `${far.sessions.length} sessions`)
  const waiting = await queue()
  assert.equal(waiting.length, 60)
  assert.ok(waiting.filter(({ attempts }) => attempts > 0).length <= 12)
})

test('a destination that swallows connections keeps no other mail of its tenant waiting', async (t) => {
  const far = await startFar()
  const dial = { ...systemDial, connect: (target: DialTarget) => (target.address === '127.9.9.9' ? new Socket() : systemDial.connect(target)) }
  const routes = new Map([
    ['hole.test', [{ host: '127.9.9.9', port: 25 }]],
    ['*', [{ host: '127.0.0.1', port: far.port }]],
  ])
  const { send, until, clock, queue, cleanUp } = await startDeliveryWorld(t, { routes, dial })
  cleanUp(() => far.close())
  for (let i = 0; i < 300; i++) await send(`h${i}@hole.test`, { leased: false })
  await send('bob@far.test', { leased: false })
  const startedAt = clock.now()
  await until(() => far.received.length === 1, { advanceMs: 250 })
  // A dial is given up after thirty seconds; until then nothing came back, and the window of the tenant stayed full.
  assert.ok(clock.now() - startedAt < 15_000, `${clock.now() - startedAt} ms`)
  // The outcome is durable a moment after the arrival.
  await until(async () => (await queue()).length <= 300)
  const waiting = await queue()
  assert.equal(waiting.length, 300, 'and nothing of the other is lost or tried')
  assert.ok(waiting.every(({ attempts }) => attempts === 0))
})
