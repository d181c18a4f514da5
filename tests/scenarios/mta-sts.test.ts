// MTA-STS (RFC 8461) on the wire: what a policy in force forbids is not done, and nothing of it touches the mail of other domains on the same hosts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startDelivery } from '../../src/delivery/deliver-due.ts'
import { silentLog } from '../../src/kit/log.ts'
import { createMetrics } from '../../src/kit/metrics.ts'
import { systemRandom } from '../../src/kit/random.ts'
import { startTransportWorld } from '../harness/transport-world.ts'
import { openStates } from './delivery-world.ts'

const enforce = ['mode: enforce', 'mx: *.far.test']

test('enforce takes the host whose certificate is for its name, and passes over one that the policy does not name', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'] })
  const { authority } = world
  const stranger = await world.far('mx.elsewhere.test', { tls: authority.issue(['mx.elsewhere.test']) })
  const wrong = await world.far('a.far.test', { tls: authority.issue(['b.far.test']) })
  const expired = await world.far('b.far.test', { tls: authority.issue(['b.far.test'], { expired: true }) })
  const clear = await world.far('c.far.test')
  const good = await world.far('d.far.test', { tls: authority.issue(['d.far.test']) })
  world.mx('strict.test', 'mx.elsewhere.test', 'a.far.test', 'b.far.test', 'c.far.test', 'd.far.test')
  world.policy('strict.test', '1', ...enforce)
  await world.send('bob@strict.test')
  await world.delivery.idle()
  assert.deepEqual([stranger.sessions.length, wrong.received.length, expired.received.length, clear.received.length], [0, 0, 0, 0])
  assert.deepEqual(
    good.received.map(({ secure }) => secure),
    [true],
  )
  for (const far of [wrong, expired, clear]) assert.ok(!far.sessions.some(({ commands }) => commands.some((line) => line.startsWith('MAIL'))))
})

test('enforce defers what no host satisfies, while other domains on the same host go on, over connections of their own', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'] })
  const far = await world.far('a.far.test', { tls: world.authority.issue(['other.test']) })
  for (const domain of ['strict.test', 'easy.test']) world.mx(domain, 'a.far.test')
  world.policy('strict.test', '1', ...enforce)
  await world.send('ann@easy.test')
  await world.until(() => far.received.length === 1)
  // The connection of easy.test stands idle now.
  await world.send('bob@strict.test')
  await world.send('eve@easy.test')
  await world.delivery.idle()
  assert.deepEqual(
    far.received.map(({ recipient }) => recipient),
    ['ann@easy.test', 'eve@easy.test'],
  )
  const waiting = await world.queue()
  assert.deepEqual(
    waiting.map(({ recipient }) => recipient),
    ['bob@strict.test'],
  )
  assert.match(waiting[0]?.lastReply ?? '', /^451 4\.7\.5 .*certificate-host-mismatch/)
})

test('a host that the policy names and that breaks TLS never gets the mail in clear', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'] })
  const far = await world.far('a.far.test', {
    capabilities: ['STARTTLS'],
    command: (verb, _line, { socket }) => {
      if (verb !== 'STARTTLS') return undefined
      socket.write('220 Go ahead\r\n')
      socket.once('data', () => socket.end('this is no handshake\r\n'))
      return null
    },
  })
  for (const domain of ['strict.test', 'easy.test']) world.mx(domain, 'a.far.test')
  world.policy('strict.test', '1', ...enforce)
  await world.send('bob@strict.test')
  await world.send('ann@easy.test')
  await world.delivery.idle()
  assert.deepEqual(
    far.received.map(({ recipient, secure }) => [recipient, secure]),
    [['ann@easy.test', false]],
  )
  assert.match((await world.queue())[0]?.lastReply ?? '', /^451 4\.7\.5 /)
})

test('testing and none deliver all the same', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.testing.test', 'mta-sts.none.test'] })
  const far = await world.far('a.far.test', { tls: world.authority.issue(['other.test']) })
  for (const mode of ['testing', 'none']) {
    world.mx(`${mode}.test`, 'a.far.test')
    world.policy(`${mode}.test`, '1', `mode: ${mode}`, 'mx: elsewhere.test')
    await world.send(`bob@${mode}.test`)
  }
  await world.delivery.idle()
  assert.equal(far.received.length, 2)
  assert.equal(world.requests.length, 2, 'both policies were fetched')
})

test('a policy is kept: it counts after a restart and without its record, until a new id brings a new one', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'] })
  const far = await world.far('a.far.test', { tls: world.authority.issue(['other.test']) })
  world.mx('strict.test', 'a.far.test')
  world.policy('strict.test', '1', ...enforce)
  await world.send('bob@strict.test')
  await world.delivery.idle()
  assert.equal((await world.queue()).length, 1)
  await world.delivery.close(1_000)

  const restart = () =>
    startDelivery({
      ...{ store: world.store, clock: world.clock, random: systemRandom, log: silentLog, metrics: createMetrics(), sealer: world.sealer },
      ...{ home: { region: 'us-east-1', accountId: '111122223333' }, hostname: 'mail.bulkhead.test', routes: new Map(), egress: [] },
      ...{ states: async () => openStates, signing: { workers: 2 } },
      ...(world.settings as Required<Pick<typeof world.settings, 'dns' | 'dial' | 'allowPrivate'>>),
      ...world.settings,
    })
  world.zone.delete('TXT _mta-sts.strict.test')
  world.files.clear()
  await world.clock.advance(3_600_000)
  const second = restart()
  second.wake()
  await world.until(async () => ((await world.queue())[0]?.attempts ?? 0) >= 2, { advanceMs: 1_000 })
  await second.close(1_000)
  assert.equal(far.received.length, 0, 'the kept policy still forbids it')

  world.policy('strict.test', '2', 'mode: none')
  await world.clock.advance(3_600_000)
  const third = restart()
  third.wake()
  await world.until(() => far.received.length === 1, { advanceMs: 1_000 })
  await third.idle()
  await third.close(1_000)
  assert.equal(world.requests.length, 2, 'one fetch for each id')
})

test('what a policy host must not do makes no policy, and is not asked again at once', async (t) => {
  const bad = ['moved', 'html', 'large', 'broken', 'private'].map((name) => `${name}.test`)
  const world = await startTransportWorld(t, { policyHosts: [...bad.map((domain) => `mta-sts.${domain}`), 'target.test'] })
  const far = await world.far('a.far.test', { tls: world.authority.issue(['other.test']) })
  for (const domain of bad) {
    world.mx(domain, 'a.far.test')
    world.policy(domain, '1', ...enforce)
  }
  const place = (domain: string) => `mta-sts.${domain}/.well-known/mta-sts.txt`
  const text = world.files.get(place('moved.test'))?.text ?? ''
  world.files.set('target.test/policy', { text })
  world.files.set(place('moved.test'), { status: 302, headers: { location: 'https://target.test/policy' }, text })
  world.files.set(place('html.test'), { headers: { 'content-type': 'text/html' }, text })
  world.files.set(place('large.test'), { text: text + 'x: y\r\n'.repeat(11_000) })
  world.files.set(place('broken.test'), { text: 'nothing\r\n' })
  world.zone.set('A mta-sts.private.test', [{ name: 'mta-sts.private.test', type: 'A', data: '10.0.0.1' }])
  for (const domain of bad) await world.send(`bob@${domain}`)
  await world.delivery.idle()
  assert.equal(far.received.length, bad.length)
  const asked = world.requests.length
  assert.deepEqual(
    world.requests.map((request) => request.place).sort(),
    bad
      .filter((domain) => domain !== 'private.test')
      .map(place)
      .sort(),
  )
  await world.clock.advance(70_000)
  for (const domain of bad) await world.send(`bob@${domain}`)
  await world.delivery.idle()
  assert.equal(far.received.length, bad.length * 2)
  assert.equal(world.requests.length, asked)
})

test('a policy host without a certificate for its name has no policy', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'], policyCertificate: (authority) => authority.issue(['other.test']) })
  const far = await world.far('a.far.test')
  world.mx('strict.test', 'a.far.test')
  world.policy('strict.test', '1', ...enforce)
  await world.send('bob@strict.test')
  await world.delivery.idle()
  assert.equal(far.received.length, 1)
  assert.equal(world.requests.length, 0)
})

test('pools of one site share its connections, and one that is full gives way', async (t) => {
  const gauges = new Map<string, () => number>()
  let most = 0
  const world = await startTransportWorld(t, {
    policyHosts: ['mta-sts.strict.test'],
    metrics: { ...createMetrics(), gauge: (name, _help, read) => void gauges.set(name, read) },
  })
  const far = await world.far('a.far.test', {
    tls: world.authority.issue(['a.far.test']),
    messageDelayMs: 25,
    command() {
      most = Math.max(most, gauges.get('bulkhead_delivery_connections')?.() ?? 99)
      return undefined
    },
  })
  for (const domain of ['strict.test', 'easy.test']) world.mx(domain, 'a.far.test')
  world.policy('strict.test', '1', ...enforce)
  await Promise.all(Array.from({ length: 200 }, (_, n) => world.send(`n${n}@easy.test`)))
  await world.until(() => far.received.length > 10)
  await Promise.all(Array.from({ length: 60 }, (_, n) => world.send(`n${n}@strict.test`)))
  await world.until(() => far.received.length === 260)
  await world.delivery.idle()
  assert.ok(most <= 10, `${most} connections at once`)
  const lastStrict = far.received.findLastIndex(({ recipient }) => recipient.endsWith('@strict.test'))
  const lastEasy = far.received.findLastIndex(({ recipient }) => recipient.endsWith('@easy.test'))
  assert.ok(lastStrict < lastEasy, 'the smaller pool did not wait for the larger to end')
})

test('a domain that publishes nothing costs no fetch and no wait', async (t) => {
  const world = await startTransportWorld(t, { policyHosts: ['mta-sts.strict.test'] })
  const easy = await world.far('a.far.test')
  world.mx('easy.test', 'a.far.test')
  for (let n = 0; n < 3; n++) await world.send(`n${n}@easy.test`)
  await world.delivery.idle()
  assert.equal(easy.received.length, 3)
  assert.equal(world.requests.length, 0)
})

test('TlsPolicy REQUIRE takes the next host when the first has no TLS', async (t) => {
  const delivery = { tlsPolicy: 'REQUIRE', poolName: undefined, maxDeliverySeconds: undefined } as const
  const strictSet = { name: 'secure', createdAt: 0, tags: [], sendingEnabled: true, tracking: undefined, reputation: undefined, suppression: undefined }
  const world = await startTransportWorld(t, {
    policyHosts: ['mta-sts.strict.test'],
    states: async ({ configurationSetName }) => (configurationSetName === '' ? openStates : { ...openStates, configurationSet: { ...strictSet, delivery } }),
  })
  const clear = await world.far('a.far.test')
  const secure = await world.far('b.far.test', { tls: world.authority.issue(['other.test']) })
  world.mx('easy.test', 'a.far.test', 'b.far.test')
  await world.send('ann@easy.test')
  await world.send('bob@easy.test', { configurationSetName: 'secure' })
  await world.delivery.idle()
  assert.deepEqual(
    [clear, secure].map(({ received }) => received.map(({ recipient }) => recipient)),
    [['ann@easy.test'], ['bob@easy.test']],
  )
})
