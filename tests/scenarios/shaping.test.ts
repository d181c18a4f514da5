// Shaping on the road: a reply slows exactly what it speaks of, an operator's file counts when it changes, and both can be asked for.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ExplainShapingAnswer } from '../../src/model/own-wire.ts'
import { type FarScript, startDeliveryWorld, startFar } from './delivery-world.ts'

const minute = 60_000

/** Two domains at Gmail's exchangers and one elsewhere, all at one far server. */
async function worldWithRules(t: TestContext, table: object, script: FarScript = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'shaping-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const shapingFile = join(folder, 'shaping.json')
  const write = (rules: object) => writeFileSync(shapingFile, JSON.stringify(rules))
  write(table)
  const far = await startFar(script)
  const mx = (exchange: string) => [{ exchange, preference: 10 }]
  const hosts = ['gmail-smtp-in.l.google.com', 'aspmx.l.google.com', 'mx.far.test']
  const world = await startDeliveryWorld(t, {
    zone: {
      mx: { 'mail.test': mx('gmail-smtp-in.l.google.com'), 'shop.test': mx('aspmx.l.google.com'), 'far.test': mx('mx.far.test') },
      a: Object.fromEntries(hosts.map((host) => [host, ['127.0.0.1']])),
    },
    allowPrivate: true,
    remotePort: far.port,
    shapingFile,
    retry: () => minute,
  })
  world.cleanUp(() => far.close())
  const arrived = (recipient: string) => far.received.filter((message) => message.recipient === recipient).length
  return { ...world, far, write, arrived }
}

const unusualRate = (culprit: string) =>
  `421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your ${culprit}.\r\n421 4.7.28 To protect our users from spam, mail has been temporarily rate limited. gsmtp\r\n`

test("after Gmail's word about the address no connection is made to any site of it for ten minutes, and others notice nothing", async (t) => {
  let angry = true
  const { send, far, arrived, until, clock, delivery, queue } = await worldWithRules(t, {}, { message: () => (angry ? unusualRate('IP address') : undefined) })
  await send('first@mail.test')
  await until(async () => (await delivery.explainShaping('shop.test', undefined)).Now.Hold !== null)
  angry = false
  const sessions = far.sessions.length
  const saidAt = clock.now()
  await send('next@mail.test', { tenantName: 'other' })
  await send('shop@shop.test', { tenantName: 'third', leased: false })
  await send('else@far.test')
  await until(() => arrived('else@far.test') === 1)
  for (let step = 0; step < 9; step++) await clock.advance(minute)
  await delivery.idle()
  assert.equal(arrived('next@mail.test') + arrived('shop@shop.test') + arrived('first@mail.test'), 0)
  assert.equal(far.sessions.length, sessions + 1, 'only the one to the other provider')
  const [waiting] = (await queue()).filter(({ recipient }) => recipient === 'next@mail.test')
  assert.ok(waiting)
  assert.deepEqual([waiting.attempts, waiting.dueAt >= saidAt + 9.9 * minute], [0, true])
  const { state, reason } = await delivery.explain(waiting, false)
  assert.equal(state, 'WAITING')
  assert.match(reason, /^Replies of google ask for less \(ten-minute rule\): nothing goes there from this address until /)
  await until(() => arrived('next@mail.test') + arrived('shop@shop.test') + arrived('first@mail.test') === 3, { advanceMs: 5_000 })
})

test("Gmail's word about one tenant's domain holds that tenant's mail to Gmail only", async (t) => {
  const { send, arrived, until, clock, delivery } = await worldWithRules(
    t,
    {},
    {
      message: (_, { recipient }) => (recipient === 'bad@mail.test' ? unusualRate('DKIM domain example.com') : undefined),
    },
  )
  await send('bad@mail.test')
  await delivery.idle()
  await send('again@shop.test')
  await send('good@mail.test', { tenantName: 'other' })
  await send('far@far.test')
  await until(() => arrived('good@mail.test') === 1 && arrived('far@far.test') === 1)
  await delivery.idle()
  assert.equal(arrived('again@shop.test'), 0)
  for (let step = 0; step < 9; step++) await clock.advance(minute)
  await delivery.idle()
  assert.equal(arrived('again@shop.test'), 0)
  await until(() => arrived('again@shop.test') === 1, { advanceMs: 5_000 })
})

test('a rule for exchangers spreads mail over time and bounds messages on a connection', async (t) => {
  const rules = [{ name: 'slow far', match: { mx: 'far.test' }, set: { messagesPerMinute: 60, messagesPerConnection: 2 } }]
  const { send, far, arrived, until, clock } = await worldWithRules(t, { rules })
  const startedAt = clock.now()
  for (let i = 0; i < 5; i++) await send(`r${i}@far.test`)
  await until(() => [0, 1, 2, 3, 4].every((i) => arrived(`r${i}@far.test`) === 1), { advanceMs: 100 })
  assert.ok(clock.now() - startedAt >= 3_500, `five at one a second took ${clock.now() - startedAt} ms`)
  assert.ok(far.sessions.every(({ messages }) => messages <= 2))
})

test('explain says which rule decides, and another file counts within seconds', async (t) => {
  const { write, delivery, clock } = await worldWithRules(t, { rules: [{ name: 'ours', match: { provider: 'gmail' }, set: { providerConnections: 3 } }] })
  const value = (answer: ExplainShapingAnswer, name: string) => answer.Values.find(({ Name }) => Name === name)
  const before = await delivery.explainShaping('mail.test', undefined)
  assert.deepEqual([before.Provider, before.MailExchangers], ['google', ['gmail-smtp-in.l.google.com']])
  assert.deepEqual(value(before, 'providerConnections'), { Name: 'providerConnections', Value: 3, Rule: 'ours' })
  assert.deepEqual(value(before, 'messagesPerConnection'), { Name: 'messagesPerConnection', Value: 50, Rule: 'google' })
  assert.deepEqual(value(before, 'connections'), { Name: 'connections', Value: 10, Rule: 'everybody' })
  assert.ok(before.Reactions.some(({ Name }) => Name === 'ten-minute rule'))
  write({ rules: [{ name: 'more', match: { provider: 'gmail' }, set: { providerConnections: 77 } }] })
  await clock.advance(2_500)
  assert.equal(value(await delivery.explainShaping('mail.test', undefined), 'providerConnections')?.Value, 77)
  write({ rules: [{ name: 'broken' }] })
  await clock.advance(2_500)
  assert.equal(value(await delivery.explainShaping('mail.test', undefined), 'providerConnections')?.Value, 77)
  assert.match((await delivery.explainShaping('nowhere.test', undefined)).Problem ?? '', /^550 5\.4\.4/)
})

test('the connections of a provider are shared by its sites, and one that needs a connection gets one', async (t) => {
  let open = 0
  let most = 0
  const rules = [{ name: 'two', match: { provider: 'google' }, set: { providerConnections: 2 } }]
  const { send, arrived, until, far } = await worldWithRules(
    t,
    { rules },
    {
      message: (_, session) => {
        setTimeout(() => session.socket.write('250 2.0.0 Late\r\n'), 20)
        far.received.push({ text: '', sender: '', recipient: session.recipient, session: session.number, secure: false })
        return null
      },
      greeting: () => {
        most = Math.max(most, ++open)
        return undefined
      },
      command: (verb) => {
        if (verb === 'QUIT') open--
        return undefined
      },
    },
  )
  for (let i = 0; i < 60; i++) await send(`m${i}@mail.test`)
  await until(() => arrived('m5@mail.test') === 1)
  await send('one@shop.test', { tenantName: 'other' })
  await until(() => arrived('one@shop.test') === 1)
  assert.ok(far.received.length < 60, 'before the line of the other site was over')
  await until(() => far.received.length === 61)
  assert.ok(most <= 2, `${most} at once`)
})

test('a pause reaches mail that is ready or under way to another site of the provider', { timeout: 30_000 }, async (t) => {
  let angry = false
  const { send, far, arrived, until, clock, delivery } = await worldWithRules(
    t,
    {},
    {
      // Slow enough that both sites have connections, mail under way and mail made ready when it is said.
      message: (_, session) => {
        const reply = angry && session.recipient.endsWith('@mail.test') ? unusualRate('IP address') : '250 2.0.0 Late\r\n'
        if (reply.startsWith('250')) far.received.push({ text: '', sender: '', recipient: session.recipient, session: session.number, secure: false })
        setTimeout(() => session.socket.write(reply), 120)
        return null
      },
    },
  )
  for (let i = 0; i < 12; i++) {
    await send(`m${i}@mail.test`)
    await send(`s${i}@shop.test`, { tenantName: 'other' })
  }
  await until(() => arrived('m0@mail.test') === 1 && arrived('s0@shop.test') === 1)
  angry = true
  await until(async () => (await delivery.explainShaping('shop.test', undefined)).Now.Hold !== null)
  // What is at the far server ends; nothing else starts.
  const open = (await delivery.explainShaping('shop.test', undefined)).Now.Connections
  const before = far.received.length
  await delivery.idle()
  assert.ok(far.received.length <= before + open, `${far.received.length - before} messages after the word, ${open} connections then`)
  const settled = far.received.length
  assert.ok(settled < 20, 'mail still waited')
  for (let step = 0; step < 9; step++) await clock.advance(minute)
  await delivery.idle()
  assert.equal(far.received.length, settled)
  angry = false
  await until(() => far.received.length === 24, { advanceMs: 5_000 })
})
