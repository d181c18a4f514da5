// The delivery road end to end: outcomes, retries, expiry, bounces, holds, routes.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { openReturnPathTokens } from '../../src/mail/return-path.ts'
import { identities } from '../../src/resources/identities.ts'
import { BodyUnreadable, StoreUnavailable } from '../../src/storage/store.ts'
import { type FarScript, openStates, startDeliveryWorld, startFar, type Zone } from './delivery-world.ts'

const routeTo = (...ports: number[]) => new Map([['*', ports.map((port) => ({ host: '127.0.0.1', port }))]])

async function worldWithFar(t: Parameters<typeof startDeliveryWorld>[0], script: FarScript = {}, settings: Parameters<typeof startDeliveryWorld>[1] = {}) {
  const far = await startFar(script)
  const world = await startDeliveryWorld(t, { routes: routeTo(far.port), ...settings })
  world.cleanUp(() => far.close())
  return { ...world, far }
}

test('a message is delivered, and the event says how', async (t) => {
  const { send, far, delivery, events, queue, sealer, clock } = await worldWithFar(t)
  const messageId = await send('bob@far.test', { text: '.dot first\r\nx\r\n..two\r\n' })
  await delivery.idle()
  assert.equal(far.received.length, 1)
  assert.match(far.received[0]?.text ?? '', /\r\n\r\n\.dot first\r\nx\r\n\.\.two\r\n$/)
  const [event] = await events(messageId)
  assert.equal(event?.type, 'DELIVERY')
  assert.equal(event?.detail.smtpResponse, '250 2.0.0 Taken')
  assert.deepEqual(event?.detail.recipients, ['bob@far.test'])
  assert.equal(event?.detail.reportingMTA, 'mail.bulkhead.test')
  assert.equal(event?.detail.remoteMtaIp, '127.0.0.1')
  assert.deepEqual(event?.tags['ses:outgoing-ip'], ['127.0.0.1'])
  assert.deepEqual(await queue(), [])
  const [localPart = '', domain] = (far.received[0]?.sender ?? '').split('@')
  assert.equal(domain, 'mail.bulkhead.test')
  assert.deepEqual(openReturnPathTokens(sealer.deriveKey('return path')).verify(localPart, clock.now()), { messageId, recipientIndex: 0 })
})

test('a temporary failure is retried by the timetable, told once, and ends in delivery', async (t) => {
  let refusals = 2
  const { send, far, events, until, queue } = await worldWithFar(t, {
    command: (verb) => (verb === 'RCPT' && refusals-- > 0 ? '451 4.3.0 Not now\r\n' : undefined),
  })
  const messageId = await send('bob@far.test')
  await until(async () => (await queue())[0]?.attempts === 1)
  assert.equal((await queue())[0]?.lastReply, '451 4.3.0 Not now')
  await until(() => far.received.length === 1, { advanceMs: 20_000 })
  await until(async () => (await events(messageId)).length === 2)
  const [delay, delivered] = await events(messageId)
  assert.deepEqual([delay?.type, delivered?.type], ['DELIVERY_DELAY', 'DELIVERY'])
  assert.equal(delay?.detail.delayType, 'RecipientServerError')
  assert.deepEqual(delay?.detail.delayedRecipients, [{ emailAddress: 'bob@far.test', status: '4.3.0', diagnosticCode: 'smtp; 451 4.3.0 Not now' }])
  assert.ok(Number(delivered?.detail.processingTimeMillis) >= (0.8 + 2.4) * 60_000, 'both steps of the timetable passed')
})

test('a refused recipient bounces once, and the connection serves the next', async (t) => {
  const { send, far, delivery, events } = await worldWithFar(
    t,
    { command: (verb, line) => (verb === 'RCPT' && line.includes('nobody@') ? '550 5.1.1 User unknown\r\n' : undefined) },
    { limits: { connectionsPerRouteMax: 1 } },
  )
  const bounced = await send('nobody@far.test')
  const fine = await send('bob@far.test')
  await delivery.idle()
  const [bounce] = await events(bounced)
  assert.equal(bounce?.type, 'BOUNCE')
  assert.equal(bounce?.detail.bounceType, 'Permanent')
  assert.equal(bounce?.detail.bounceSubType, 'NoEmail')
  assert.deepEqual(bounce?.detail.bouncedRecipients, [
    { emailAddress: 'nobody@far.test', action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 User unknown' },
  ])
  assert.match(String(bounce?.detail.feedbackId), /^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/)
  assert.equal((await events(fine))[0]?.type, 'DELIVERY')
  assert.equal(far.sessions.length, 1)
  // The DATA behind the refused RCPT was answered with 354: only a lone dot may follow, never the message.
  assert.deepEqual(
    far.received.map(({ recipient }) => recipient),
    ['bob@far.test'],
  )
})

test('mail that cannot be delivered in its life expires with the last reply', async (t) => {
  const { send, events, until, delivery } = await worldWithFar(t, { command: (verb) => (verb === 'RCPT' ? '450 4.2.0 Busy\r\n' : undefined) })
  // The clock jumps between attempts, not while one waits for its answer.
  const ended = async (messageId: string) => {
    await delivery.idle()
    return (await events(messageId)).length === 2
  }
  const ordinary = await send('bob@far.test')
  const custom = await send('eve@far.test', { lifeMs: 300_000 })
  await until(() => ended(custom), { advanceMs: 30_000 })
  await until(() => ended(ordinary), { advanceMs: 1_800_000 })
  const bounce = (await events(ordinary))[1]
  assert.equal(bounce?.type, 'BOUNCE')
  assert.equal(bounce?.detail.bounceSubType, 'General')
  assert.match(JSON.stringify(bounce?.detail.bouncedRecipients), /smtp; 554 4\.4\.7 Message expired: unable to deliver in 840 minutes\.<450 4\.2\.0 Busy>/)
  const early = (await events(custom))[1]
  assert.equal(early?.detail.bounceType, 'Transient')
  assert.equal(early?.detail.bounceSubType, 'CustomTimeoutExceeded')
})

test('a paused tenant waits, bounces nothing, spends no attempt, and leaves when it may', async (t) => {
  let paused = true
  const tenant = {
    name: 'acme',
    id: 'tn-1',
    createdAt: 0,
    tags: [],
    suppression: undefined,
    policy: 'none',
    customerManaged: undefined,
    serviceManaged: undefined,
    impact: 'NONE',
  } as const
  const { send, far, delivery, events, queue, until } = await worldWithFar(
    t,
    {},
    {
      states: async ({ tenantName }) =>
        tenantName === 'acme'
          ? { ...openStates, tenant: { ...tenant, customerManaged: { status: paused ? 'DISABLED' : 'ENABLED', cause: '', updatedAt: 0 } } }
          : openStates,
    },
  )
  const held = await send('bob@far.test', { leased: false })
  const heldFresh = await send('amy@far.test')
  await send('bob@far.test', { tenantName: 'other' })
  await until(() => far.received.length === 1)
  await delivery.idle()
  const waiting = await queue()
  assert.deepEqual(
    waiting.map(({ attempts }) => attempts),
    [0, 0],
  )
  const first = waiting[0]
  assert.ok(first)
  const { state, reason } = await delivery.explain(first, false)
  assert.deepEqual([state, reason], ['HELD', 'Sending is paused for tenant acme.'])
  paused = false
  delivery.statusChanged()
  await until(() => far.received.length === 3)
  await delivery.idle()
  assert.deepEqual(
    [...(await events(held)), ...(await events(heldFresh))].map(({ type }) => type),
    ['DELIVERY', 'DELIVERY'],
  )
})

test('a pause is looked at once a second, not over and over', async (t) => {
  let looks = 0
  const { send, delivery, clock, until } = await worldWithFar(
    t,
    {},
    {
      states: async () => {
        looks++
        return { ...openStates, account: { ...openStates.account, sendingEnabled: false } }
      },
    },
  )
  await send('bob@far.test', { leased: false })
  await until(() => looks > 0)
  await delivery.idle()
  looks = 0
  for (let second = 0; second < 5; second++) {
    await clock.advance(1_001)
    await delivery.idle()
  }
  assert.ok(looks >= 1 && looks <= 20, `${looks} looks in five seconds`)
})

test('a held message expires as usual', async (t) => {
  const { send, events, until } = await worldWithFar(
    t,
    {},
    { states: async () => ({ ...openStates, account: { ...openStates.account, sendingEnabled: false } }) },
  )
  const messageId = await send('bob@far.test', { lifeMs: 600_000 })
  await until(async () => (await events(messageId)).length === 1, { advanceMs: 60_000 })
  assert.equal((await events(messageId))[0]?.type, 'BOUNCE')
})

test('identity and provider both sign, and both signatures verify', async (t) => {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [own, provider] = [pair(), pair()]
  const { store, send, far, delivery, sealer } = await worldWithFar(
    t,
    {},
    { signing: { workers: 2, provider: { domain: 'mail.bulkhead.test', selector: 'p1', key: provider.privateKey } } },
  )
  const publicKey = (key: typeof own) => key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  await store.commit([
    {
      type: 'put',
      collection: identities,
      key: 'acme.test',
      value: {
        name: 'acme.test',
        kind: 'DOMAIN',
        verification: 'SUCCESS',
        mailFrom: { domain: 'bounce.acme.test', behaviorOnMxFailure: 'USE_DEFAULT_VALUE', status: 'SUCCESS' },
        dkim: {
          signingEnabled: true,
          origin: 'AWS_SES',
          tokens: ['tok1', 'tok2', 'tok3'],
          key: { sealedPrivateKey: sealer.seal(own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()), publicKey: publicKey(own), bits: 2048 },
          status: 'SUCCESS',
        },
      },
    },
  ])
  await send('bob@far.test', { identityName: 'sender@acme.test', text: 'a  b \r\n\r\n\r\n' })
  await delivery.idle()
  const resolver = async (name: string) => [[`v=DKIM1; k=rsa; p=${publicKey(name.startsWith('tok1._domainkey.acme.test') ? own : provider)}`]]
  const { results } = (await dkimVerify(Buffer.from(far.received[0]?.text ?? '', 'latin1'), { resolver } as never)) as {
    results: { signingDomain: string; status: { result: string } }[]
  }
  assert.deepEqual(
    results.map(({ signingDomain, status }) => `${signingDomain} ${status.result}`),
    ['acme.test pass', 'mail.bulkhead.test pass'],
  )
  assert.match(far.received[0]?.sender ?? '', /@bounce\.acme\.test$/)
})

test('a backlog in the store goes out whole and once, and another tenant does not wait for it', async (t) => {
  const { send, far, delivery, until } = await worldWithFar(t)
  const sends: Promise<string>[] = []
  for (let i = 0; i < 300; i++) sends.push(send(`n${i}@far.test`, { leased: false }))
  await Promise.all(sends)
  await send('quiet@far.test', { tenantName: 'quiet' })
  await until(() => far.received.length === 301)
  await delivery.idle()
  assert.equal(new Set(far.received.map(({ recipient }) => recipient)).size, 301)
})

test('MX rules: order, implicit MX, null MX, NXDOMAIN, SERVFAIL, private addresses', async (t) => {
  const far = await startFar()
  const dead = await startFar({ greeting: () => '554 5.7.1 No\r\n' })
  const zone: Zone = {
    mx: {
      'pref.test': [
        { exchange: 'mx2.pref.test', preference: 20 },
        { exchange: 'mx1.pref.test', preference: 10 },
      ],
      'null.test': [{ exchange: '', preference: 0 }],
      'servfail.test': 'fail',
      'private.test': [{ exchange: 'inside.private.test', preference: 10 }],
      'nowhere.test': [{ exchange: 'gone.nowhere.test', preference: 10 }],
    },
    a: { 'mx1.pref.test': ['127.0.0.9'], 'mx2.pref.test': ['127.0.0.1'], 'implicit.test': ['127.0.0.1'], 'inside.private.test': ['10.1.2.3'] },
  }
  const world = await startDeliveryWorld(t, { zone, allowPrivate: true, remotePort: far.port })
  world.cleanUp(async () => {
    await far.close()
    await dead.close()
  })
  const { send, delivery, events, queue } = world
  await send('a@pref.test')
  await send('a@implicit.test')
  const nullMx = await send('a@null.test')
  const nx = await send('a@nxdomain.test')
  const literal = await send('a@[127.0.0.1]')
  await send('a@servfail.test')
  await send('a@nowhere.test')
  await delivery.idle()
  // 127.0.0.9 refuses the connection: the second exchange took it.
  assert.deepEqual(far.received.map(({ recipient }) => recipient).sort(), ['a@implicit.test', 'a@pref.test'])
  const statusOf = async (id: string) => ((await events(id))[0]?.detail.bouncedRecipients as { status: string }[] | undefined)?.[0]?.status
  assert.deepEqual([await statusOf(nullMx), await statusOf(nx), await statusOf(literal)], ['5.1.10', '5.4.4', '5.1.3'])
  const waiting = new Map((await queue()).map(({ domain, lastReply }) => [domain, lastReply]))
  assert.match(waiting.get('servfail.test') ?? '', /^451 4\.4\.3/)
  assert.match(waiting.get('nowhere.test') ?? '', /^451 4\.4\.4/)
})

test('addresses that DNS must not lead us to are refused without a connection', async (t) => {
  const far = await startFar()
  const world = await startDeliveryWorld(t, {
    zone: { a: { 'loop.test': ['127.0.0.1'], 'inside.test': ['10.0.0.1'], 'mapped.test': ['::ffff:127.0.0.1'] } },
    remotePort: far.port,
  })
  world.cleanUp(() => far.close())
  for (const domain of ['loop.test', 'inside.test', 'mapped.test']) await world.send(`a@${domain}`)
  await world.delivery.idle()
  assert.equal(far.sessions.length, 0)
  assert.deepEqual(
    (await world.queue()).map(({ lastReply }) => lastReply.slice(0, 9)),
    ['451 4.4.4', '451 4.4.4', '451 4.4.4'],
  )
})

test('a site that cannot be reached is tried once for all its mail, and recovers', async (t) => {
  let closed = true
  const { send, far, delivery, queue, until, events } = await worldWithFar(t, { greeting: () => (closed ? '421 4.3.2 Closed for today\r\n' : undefined) })
  const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => send(`n${i}@far.test`)))
  await delivery.idle()
  const waiting = await queue()
  assert.equal(waiting.length, 40)
  assert.ok(waiting.every(({ lastReply }) => lastReply === '421 4.3.2 Closed for today'))
  assert.ok(far.sessions.length <= 4, `${far.sessions.length} connections`)
  const before = far.sessions.length
  await send('late@far.test')
  await delivery.idle()
  assert.equal(far.sessions.length, before, 'no hammering')
  closed = false
  await until(() => far.received.length === 41, { advanceMs: 10_000 })
  await delivery.idle()
  assert.deepEqual(
    (await events(ids[0])).map(({ type }) => type),
    ['DELIVERY_DELAY', 'DELIVERY'],
  )
})

test('close gives back what was not sent, and a later start delivers it', async (t) => {
  let stuck = true
  const { send, far, delivery, queue, store } = await worldWithFar(t, { message: () => (stuck ? null : undefined) }, { limits: { connectionsPerRouteMax: 1 } })
  for (let i = 0; i < 5; i++) await send(`n${i}@far.test`)
  await new Promise((resolve) => setTimeout(resolve, 50))
  stuck = false
  await delivery.close(100)
  assert.equal(far.received.length, 0)
  assert.equal((await queue()).length, 5)
  assert.equal((await store.claim({ tenantName: 'acme', now: Date.now() + 3_600_000, limit: 10 })).length, 5)
})

test('close waits for an entry whose status is still being read, and gives it back', async (t) => {
  let read = () => {}
  const slow = new Promise<void>((resolve) => {
    read = resolve
  })
  const { send, far, delivery, store } = await worldWithFar(
    t,
    {},
    {
      states: async () => {
        await slow
        return openStates
      },
    },
  )
  await send('bob@far.test')
  const closed = delivery.close(1_000)
  setTimeout(read, 50)
  await closed
  const rows = await store.listQueue({ limit: 10 })
  assert.deepEqual([rows.map(({ leased }) => leased), far.received.length], [[false], 0])
})

test('a quiet tenant gets a slot at once while another floods a slow site', async (t) => {
  const arrivals: string[] = []
  const { send, far, delivery, until } = await worldWithFar(t, {
    message: (_, session) => {
      arrivals.push(session.recipient)
      setTimeout(() => session.socket.write('250 2.0.0 Late\r\n'), 100)
      far.received.push({ text: '', sender: '', recipient: session.recipient, session: session.number, secure: false })
      return null
    },
  })
  const floods: Promise<string>[] = []
  for (let i = 0; i < 400; i++) floods.push(send(`f${i}@far.test`, { tenantName: 'flood', leased: i < 100 }))
  await Promise.all(floods)
  await until(() => arrivals.length > 20)
  for (let i = 0; i < 12; i++) {
    const before = arrivals.length
    await send(`q${i}@far.test`, { tenantName: `quiet${i % 3}` })
    await until(() => arrivals.includes(`q${i}@far.test`))
    // What was made ready before it came, and what is sent while it is made ready: not the line of the flood.
    const ahead = arrivals.indexOf(`q${i}@far.test`) - before
    assert.ok(ahead <= 20, `${ahead} messages of the flood went before it`)
  }
  assert.ok(arrivals.length < 400, 'the flood was still under way')
  await delivery.close(3_000)
})

test('bytes that cannot be read are never guessed: the message is set aside and told as delayed', async (t) => {
  const { send, far, delivery, store, events, queue, until, clock } = await worldWithFar(t)
  store.readBody = async () => {
    throw new BodyUnreadable('checksum')
  }
  const messageId = await send('bob@far.test', { leased: false })
  await until(async () => (await events(messageId)).length === 1)
  await delivery.idle()
  assert.equal((await events(messageId))[0]?.detail.delayType, 'InternalFailure')
  assert.equal(far.received.length, 0)
  assert.ok(((await queue())[0]?.dueAt ?? 0) - clock.now() > 3_000_000)
})

test('a configuration set on hold does not hold its tenant', async (t) => {
  let paused = true
  const set = { name: 'news', createdAt: 0, tags: [], delivery: undefined, tracking: undefined, reputation: undefined, suppression: undefined }
  const { send, far, delivery, until } = await worldWithFar(
    t,
    {},
    {
      states: async ({ configurationSetName }) => ({
        ...openStates,
        configurationSet: configurationSetName === 'news' ? { ...set, sendingEnabled: !paused } : undefined,
      }),
    },
  )
  for (let i = 0; i < 100; i++) await send(`n${i}@far.test`, { configurationSetName: 'news', leased: false })
  await send('bob@far.test', { leased: false })
  await until(() => far.received.length === 1)
  await delivery.idle()
  assert.equal(far.received[0]?.recipient, 'bob@far.test')
  paused = false
  delivery.statusChanged()
  await until(() => far.received.length === 101, { advanceMs: 1_000 })
})

test('mail of a configuration set leaves at once when it is resumed, and not before; a set that stays paused keeps its own', async (t) => {
  const pausedSets = new Set(['news', 'offers'])
  const set = { createdAt: 0, tags: [], delivery: undefined, tracking: undefined, reputation: undefined, suppression: undefined }
  const { send, far, delivery, clock, until, queue } = await worldWithFar(
    t,
    {},
    {
      states: async ({ configurationSetName: name }) => ({
        ...openStates,
        configurationSet: name === '' ? undefined : { ...set, name, sendingEnabled: !pausedSets.has(name) },
      }),
    },
  )
  for (let i = 0; i < 150; i++) await send(`n${i}@far.test`, { configurationSetName: i % 3 === 0 ? 'offers' : 'news', leased: i % 2 === 0 })
  await delivery.idle()
  await clock.advance(2_500)
  await delivery.idle()
  assert.equal(far.received.length, 0)
  const askedAt = clock.now()
  pausedSets.delete('news')
  delivery.statusChanged()
  await until(() => far.received.length === 100)
  assert.ok(clock.now() - askedAt < 2_000)
  await delivery.idle()
  await clock.advance(1_500)
  await delivery.idle()
  assert.deepEqual([far.received.length, new Set((await queue()).map(({ configurationSetName }) => configurationSetName))], [100, new Set(['offers'])])
  pausedSets.delete('offers')
  delivery.statusChanged()
  await until(() => far.received.length === 150)
})

test('outcomes that the store cannot take now are written later, and nothing is sent twice', async (t) => {
  const { send, far, delivery, store, events, until } = await worldWithFar(t)
  const commit = store.commit.bind(store)
  let away = false
  store.commit = async (changes) => {
    if (away && changes.some(({ type }) => type === 'finish')) throw new StoreUnavailable('disk full')
    return commit(changes)
  }
  away = true
  const messageId = await send('bob@far.test')
  await until(() => far.received.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(delivery.hasRoom('acme', 100, false), false)
  const second = await send('amy@far.test')
  assert.equal((await events(messageId)).length, 0)
  away = false
  await until(async () => (await events(second)).length === 1)
  assert.deepEqual(
    (await events(messageId)).map(({ type }) => type),
    ['DELIVERY'],
  )
  assert.equal(far.received.length, 2)
})
