// Gmail's limits: ten minutes of silence after 4.7.28, one connection afterwards, and nobody else suffers when one domain or address is meant.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseEgress } from '../../src/delivery/choose-egress.ts'
import type { ViolationKind } from '../harness/providers/ledger.ts'
import { gmail } from '../harness/providers/profiles/gmail.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'

const ofPauses: readonly ViolationKind[] = ['connection-in-pause', 'message-in-pause', 'too-many-connections', 'too-many-messages']
const limited = (quota: Partial<(typeof gmail)['quota']>) => ({ ...gmail, replyMs: 2, quota: { ...gmail.quota, ...quota } })
/** Three refusals in a row would stop the site: two are all that a test of one sender's limit makes. */
const oneConnection = { limits: { connectionsPerSiteMax: 1 } }
const isLimit = ({ reply }: { reply: string }) => reply.includes('4.7.28')

test('after 4.7.28 no connection for ten minutes, then one, and everything arrives', async (t) => {
  const { send, provider, passUntil, pass, clock, queue } = await startProviderWorld(t, [limited({ perIp: 20 })])
  const { ledger } = provider('gmail')
  const recipients = Array.from({ length: 35 }, (_, i) => `n${i}@${['gmail', 'googlemail', 'workspace'][i % 3]}.test`)
  for (const recipient of recipients) await send(recipient)
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  const toldAt = ledger.attempts.find(isLimit)?.at ?? 0
  assert.equal(ledger.accepted.length, 20)
  await pass(toldAt + 599_000 - clock.now())
  assert.deepEqual(
    ledger.openedBetween(toldAt + 1_000, Math.min(clock.now(), toldAt + 600_000)).map(({ openedAt }) => openedAt - toldAt),
    [],
    'connections in the pause',
  )
  assert.equal(ledger.accepted.length, 20)
  await passUntil(() => ledger.accepted.length === 35, { minutesMax: 60, stepMs: 2_000 })
  const [first, ...others] = ledger.openedBetween(toldAt + 1_000, clock.now())
  assert.ok((first?.openedAt ?? 0) - toldAt >= 600_000)
  assert.ok(
    others.every(({ openedAt }) => openedAt >= (first?.closedAt ?? 0) || openedAt - toldAt >= 660_000),
    'one connection in the first minute',
  )
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
  assert.equal(ledger.duplicates, 0)
  await passUntil(async () => (await queue()).length === 0, { minutesMax: 1 })
})

test('fresh mail that comes in the pause waits for its end', async (t) => {
  const { send, provider, passUntil, pass, clock } = await startProviderWorld(t, [limited({ perIp: 3 })])
  const { ledger } = provider('gmail')
  for (let i = 0; i < 5; i++) await send(`n${i}@gmail.test`)
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  const toldAt = ledger.attempts.find(isLimit)?.at ?? 0
  for (let minute = 1; minute < 10; minute++) {
    await pass(toldAt + minute * 60_000 - clock.now())
    await send(`late${minute}@workspace.test`, { leased: minute % 2 === 0 })
  }
  assert.deepEqual(ledger.openedBetween(toldAt + 1_000, toldAt + 600_000), [])
  await passUntil(() => ledger.accepted.length === 14, { minutesMax: 240, stepMs: 20_000 })
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('a limit of one DKIM domain holds that sender back and nobody else', async (t) => {
  const { send, provider, passUntil, pass, addIdentity, settle } = await startProviderWorld(t, [limited({ perDkimDomain: 5 })], oneConnection)
  const { ledger } = provider('gmail')
  await addIdentity('noisy.test')
  await addIdentity('calm.test')
  for (let i = 0; i < 7; i++) await send(`n${i}@gmail.test`, { tenantName: 'noisy', identityName: 'noisy.test' })
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  const noisy = () => ledger.attempts.filter(({ recipient }) => recipient.startsWith('n')).length
  await settle()
  const before = noisy()
  for (let i = 0; i < 4; i++) {
    await pass(120_000)
    await send(`calm${i}@gmail.test`, { tenantName: 'calm', identityName: 'calm.test' })
    await passUntil(() => ledger.acceptedFor(`calm${i}@gmail.test`).length === 1, { minutesMax: 0.2, stepMs: 500 })
  }
  assert.equal(noisy(), before, 'nothing of the limited domain was tried')
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
  await passUntil(() => ledger.accepted.length === 11, { minutesMax: 240, stepMs: 20_000 })
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('many refusals of one DKIM domain in a row say nothing about the site, and nobody else hears of them', async (t) => {
  const { send, provider, passUntil, pass, addIdentity, storyOf, events } = await startProviderWorld(t, [limited({ perDkimDomain: 0 })])
  const { ledger } = provider('gmail')
  await addIdentity('noisy.test')
  for (let i = 0; i < 12; i++) await send(`n${i}@gmail.test`, { tenantName: 'noisy', identityName: 'noisy.test' })
  await passUntil(() => ledger.attempts.filter(isLimit).length >= 1, { minutesMax: 1, stepMs: 100 })
  await pass(2_000)
  const id = await send('calm@gmail.test', { tenantName: 'calm' })
  await pass(10_000, { stepMs: 500 })
  assert.doesNotMatch(JSON.stringify(await events(id)), /noisy/)
  assert.deepEqual(await storyOf(id), ['DELIVERY'])
})

test('a limit of the DKIM domain of mail without a tenant holds no tenant back', async (t) => {
  const { send, provider, passUntil, pass, addIdentity } = await startProviderWorld(t, [limited({ perDkimDomain: 5 })], oneConnection)
  const { ledger } = provider('gmail')
  await addIdentity('noisy.test')
  for (let i = 0; i < 7; i++) await send(`n${i}@gmail.test`, { tenantName: '', identityName: 'noisy.test' })
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  await pass(60_000)
  await send('calm@gmail.test', { tenantName: 'calm' })
  await passUntil(() => ledger.acceptedFor('calm@gmail.test').length === 1, { minutesMax: 0.2, stepMs: 500 })
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('a limit of one DKIM domain counts from each of our addresses', async (t) => {
  const addresses = ['127.0.0.2', '127.0.0.3']
  const { send, provider, passUntil, pass, addIdentity, clock } = await startProviderWorld(t, [limited({ perDkimDomain: 5 })], {
    addresses,
    ...oneConnection,
  })
  const { ledger } = provider('gmail')
  await addIdentity('noisy.test')
  const egress = addresses.map((address) => ({ address, ehloName: '' }))
  const tenantName = Array.from({ length: 50 }, (_, i) => `noisy${i}`).find((name) =>
    ['gmail.test', 'workspace.test'].every((domain, at) => chooseEgress({ tenantName: name, domain }, egress)?.address === addresses[at]),
  )
  assert.ok(tenantName)
  const from = { tenantName, identityName: 'noisy.test' }
  await send('first@workspace.test', from)
  await passUntil(() => ledger.acceptedFor('first@workspace.test').length === 1, { minutesMax: 1, stepMs: 500 })
  for (let i = 0; i < 7; i++) await send(`n${i}@gmail.test`, from)
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  const toldAt = ledger.attempts.find(isLimit)?.at ?? 0
  await pass(60_000)
  await send('n8@workspace.test', from)
  await pass(toldAt + 590_000 - clock.now())
  assert.deepEqual(ledger.acceptedFor('n8@workspace.test'), [])
  assert.ok(ledger.attempts.every(({ recipient }) => recipient !== 'n8@workspace.test'))
  await passUntil(() => ledger.acceptedFor('n8@workspace.test').length === 1, { minutesMax: 60, stepMs: 5_000 })
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('a limit of a MAIL FROM domain of its own holds one sender back', async (t) => {
  const { send, provider, passUntil, pass, addIdentity } = await startProviderWorld(t, [limited({ perMailFromDomain: 5 })], oneConnection)
  const { ledger } = provider('gmail')
  await addIdentity('noisy.test', 'bounce.noisy.test')
  for (let i = 0; i < 7; i++) await send(`n${i}@gmail.test`, { tenantName: 'noisy', identityName: 'noisy.test' })
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  await pass(120_000)
  await send('calm@gmail.test', { tenantName: 'calm' })
  await passUntil(() => ledger.acceptedFor('calm@gmail.test').length === 1, { minutesMax: 0.2, stepMs: 500 })
  await passUntil(() => ledger.accepted.length === 8, { minutesMax: 240, stepMs: 20_000 })
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('a limit of the MAIL FROM domain that all tenants share holds all of them back', async (t) => {
  const { send, provider, passUntil, pass } = await startProviderWorld(t, [limited({ perMailFromDomain: 5 })], oneConnection)
  const { ledger } = provider('gmail')
  for (let i = 0; i < 8; i++) await send(`n${i}@gmail.test`, { tenantName: 'noisy' })
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  for (let i = 0; i < 4; i++) {
    await pass(60_000)
    await send(`calm${i}@gmail.test`, { tenantName: `calm${i}` })
  }
  await pass(10_000)
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('a limit of one address leaves the other address alone', async (t) => {
  const addresses = ['127.0.0.2', '127.0.0.3']
  const { send, provider, passUntil, pass } = await startProviderWorld(t, [limited({ perIp: 5 })], { addresses })
  const { ledger } = provider('gmail')
  const egress = addresses.map((address) => ({ address, ehloName: '' }))
  const tenantOf = (address: string) =>
    Array.from({ length: 50 }, (_, i) => `tenant${i}`).find((tenantName) => chooseEgress({ tenantName, domain: 'gmail.test' }, egress)?.address === address) ??
    ''
  for (let i = 0; i < 8; i++) await send(`n${i}@gmail.test`, { tenantName: tenantOf('127.0.0.2') })
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  await pass(60_000)
  await send('other@gmail.test', { tenantName: tenantOf('127.0.0.3') })
  await passUntil(() => ledger.acceptedFor('other@gmail.test').length === 1, { minutesMax: 0.2, stepMs: 500 })
  assert.equal(ledger.acceptedFor('other@gmail.test')[0]?.ip, '127.0.0.3')
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})

test('the pause outlives a restart of the service', async (t) => {
  const { send, provider, passUntil, pass, restart, clock } = await startProviderWorld(t, [limited({ perIp: 3 })])
  const { ledger } = provider('gmail')
  for (let i = 0; i < 6; i++) await send(`n${i}@gmail.test`)
  await passUntil(() => ledger.attempts.some(isLimit), { minutesMax: 1, stepMs: 100 })
  const toldAt = ledger.attempts.find(isLimit)?.at ?? 0
  await pass(120_000)
  await restart()
  await send('fresh@gmail.test', { leased: false })
  await pass(toldAt + 595_000 - clock.now())
  assert.deepEqual(ledger.openedBetween(toldAt + 1_000, clock.now()), [])
  assert.deepEqual(ledger.violationsOf(...ofPauses), [])
})
