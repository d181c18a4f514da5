// Mail exchangers that are dead, lost or silent, domains that take no mail, and TLS that does not work.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { systemDial } from '../../src/kit/dial.ts'
import { brokenTls, corporate } from '../harness/providers/profiles/corporate.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'
import { openStates, startDeliveryWorld, startFar } from './delivery-world.ts'

const company = { ...corporate, greylist: undefined }

test('a dead primary and one without an address: the next exchanger takes the mail at once', async (t) => {
  const { send, provider, passUntil, storyOf } = await startProviderWorld(t, [company])
  const { ledger } = provider('corporate')
  const ids = [await send('bob@dead-primary.test'), await send('eve@lost-primary.test')]
  await passUntil(() => ledger.accepted.length === 2, { minutesMax: 0.5, stepMs: 1_000 })
  assert.deepEqual(ledger.visits.map(({ host }) => host).sort(), ['mx2.dead-primary.test', 'mx2.lost-primary.test'])
  await passUntil(async () => (await storyOf(ids[1] ?? '')).length > 0, { minutesMax: 0.1, stepMs: 100 })
  for (const id of ids) assert.deepEqual(await storyOf(id), ['DELIVERY'])
})

test('a primary that swallows every packet is left after the time-out', async (t) => {
  let swallowed = ''
  const silent: Socket[] = []
  const { send, provider, passUntil } = await startProviderWorld(t, [gmail], {
    dial: {
      ...systemDial,
      connect(target) {
        // The first address that is dialled never answers.
        swallowed ||= target.address
        if (target.address !== swallowed) return systemDial.connect(target)
        const socket = new Socket()
        silent.push(socket)
        return socket
      },
    },
  })
  const { ledger } = provider('gmail')
  await send('bob@gmail.test')
  await passUntil(() => ledger.accepted.length === 1, { minutesMax: 2, stepMs: 5_000 })
  assert.equal(ledger.visits[0]?.host, 'alt1.gmail-smtp-in.l.google.com')
  assert.ok(
    silent.every(({ destroyed }) => destroyed),
    'nothing hangs',
  )
})

test('no exchanger at all: it waits, bounces nothing and is not hammered', async (t) => {
  const dials: number[] = []
  const { send, pass, queue, storyOf, clock } = await startProviderWorld(t, [company], {
    dial: {
      ...systemDial,
      connect(target) {
        dials.push(clock.now())
        return systemDial.connect(target)
      },
    },
  })
  const id = await send('bob@all-dead.test')
  for (let i = 0; i < 20; i++) await send(`n${i}@all-dead.test`, { leased: false })
  await pass(3_600_000, { stepMs: 30_000 })
  assert.deepEqual(await storyOf(id), ['DELIVERY_DELAY'])
  assert.match((await queue())[0]?.lastReply ?? '', /^421 4\.4\.1 /)
  assert.equal((await queue()).length, 21)
  assert.ok(dials.length >= 3 && dials.length <= 12, `${dials.length} dials in an hour for 21 messages`)
})

test('an exchanger with IPv6 alone: waits without a source for it, and takes mail from one', async (t) => {
  const far = await startFar()
  const dialled: string[] = []
  const dial = {
    ...systemDial,
    connect(target: Parameters<typeof systemDial.connect>[0]) {
      dialled.push(`${target.localAddress} ${target.address}`)
      return systemDial.connect({ ...target, address: '127.0.0.1', port: far.port, localAddress: undefined })
    },
  }
  const absent = { kind: 'absent', nameExists: true } as const
  const dns = {
    mx: async () => ({ kind: 'records', records: [{ exchange: 'mx.six.test', preference: 10 }] }) as const,
    ipv4: async () => absent,
    ipv6: async () => ({ kind: 'records', records: ['2001:db8::25'] }) as const,
    txt: async () => absent,
    cname: async () => absent,
  }
  for (const address of ['192.0.2.1', '2001:db8::1']) {
    const world = await startDeliveryWorld(t, { dns, dial, allowPrivate: true, egress: [{ address, ehloName: 'mta1.bulkhead.test' }] })
    await world.send('bob@six.test')
    await world.delivery.idle()
    const isFour = address.includes('.')
    assert.deepEqual(dialled, isFour ? [] : ['2001:db8::1 2001:db8::25'])
    assert.deepEqual(
      (await world.queue()).map(({ lastReply }) => lastReply),
      isFour ? ['451 4.4.4 Mail exchanger mx.six.test has no address'] : [],
    )
  }
  assert.equal(far.received.length, 1)
  await far.close()
})

test('a null MX bounces at once, without a connection', async (t) => {
  const { send, provider, settle, queue, events } = await startProviderWorld(t, [company])
  const id = await send('bob@null-mx.test')
  await settle()
  const [bounce, ...more] = await events(id)
  assert.equal(bounce?.type, 'BOUNCE')
  assert.equal((bounce?.detail.bouncedRecipients as { status: string }[] | undefined)?.[0]?.status, '5.1.10')
  assert.deepEqual([more.length, (await queue()).length, provider('corporate').ledger.visits.length], [0, 0, 0])
})

test('broken TLS: the mail goes in clear on a second connection, and the host is remembered', async (t) => {
  const { send, provider, passUntil, pass } = await startProviderWorld(t, [brokenTls])
  const { ledger } = provider('broken-tls')
  await send('bob@broken-tls.test')
  await passUntil(() => ledger.accepted.length === 1, { minutesMax: 0.5, stepMs: 1_000 })
  assert.equal(ledger.visits.length, 2)
  await pass(60_000)
  await send('eve@broken-tls.test')
  await passUntil(() => ledger.accepted.length === 2, { minutesMax: 0.5, stepMs: 1_000 })
  assert.equal(ledger.visits.length, 3, 'no second try of what does not work')
  assert.ok(ledger.visits.every(({ secure }) => !secure))
})

test('broken TLS and mail that demands it: never in clear, it waits', async (t) => {
  const secure = {
    ...{ name: 'secure', createdAt: 0, tags: [], sendingEnabled: true },
    delivery: { tlsPolicy: 'REQUIRE', poolName: undefined, maxDeliverySeconds: undefined },
    ...{ tracking: undefined, reputation: undefined, suppression: undefined },
  } as const
  const { send, provider, pass, storyOf, queue } = await startProviderWorld(t, [brokenTls], {
    states: async ({ configurationSetName }) => ({ ...openStates, configurationSet: configurationSetName === 'secure' ? secure : undefined }),
  })
  const { ledger } = provider('broken-tls')
  const id = await send('bob@broken-tls.test', { configurationSetName: 'secure' })
  await pass(1_800_000, { stepMs: 30_000 })
  assert.ok(ledger.visits.length >= 2)
  assert.ok(
    ledger.visits.every(({ transactions }) => transactions === 0),
    'no envelope in clear',
  )
  assert.deepEqual(await storyOf(id), ['DELIVERY_DELAY'])
  assert.match((await queue())[0]?.lastReply ?? '', /^4\d\d 4\.7\./)
  // Other mail of the same host goes as it can.
  await send('eve@broken-tls.test')
  await pass(3_600_000, { stepMs: 60_000 })
  assert.deepEqual(
    ledger.accepted.map(({ recipient }) => recipient),
    ['eve@broken-tls.test'],
  )
})
