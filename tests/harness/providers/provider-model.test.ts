// The simulated providers against clients that behave badly on purpose: each breach is seen, and a good client sees none.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { createManualClock } from '../manual-clock.ts'
import { complaintAfterMs, spamMark } from './mailboxes.ts'
import { lenient, type ProviderProfile, words } from './profile.ts'
import { corporate, hostile } from './profiles/corporate.ts'
import { gmx, orange } from './profiles/europe.ts'
import { gmail } from './profiles/gmail.ts'
import { outlook } from './profiles/microsoft.ts'
import { yahoo } from './profiles/yahoo.ts'
import { startProviders } from './start-providers.ts'

const minute = 60_000
const body = 'From: a@sender.test\r\nMessage-ID: <1@sender.test>\r\n\r\nHello\r\n'

async function start(t: TestContext, profile: ProviderProfile) {
  const clock = createManualClock()
  const providers = await startProviders([profile], { clock })
  t.after(() => providers.close())
  const { zone, port } = providers
  const host = Object.keys(zone.a).find((name) => !profile.deadHosts.includes(name)) ?? ''
  const address = zone.a[host]?.[0] ?? ''
  return { clock, ...providers.provider(profile.name), dial: (from = '127.0.0.2') => dial(t, address, port, from) }
}

/** A client by hand; every call answers the replies that came. */
async function dial(t: TestContext, host: string, port: number, localAddress: string) {
  let heard = ''
  let over = false
  let wake = () => {}
  const listen = (socket: Socket) => {
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      wake()
    })
    for (const event of ['end', 'close', 'error'])
      socket.on(event, () => {
        over = true
        wake()
      })
    return socket
  }
  const raw = listen(connect({ host, port, localAddress }))
  let socket: Socket = raw
  t.after(() => raw.destroy())
  const replies = async (count: number) => {
    const complete = () => heard.split('\r\n').filter((line) => /^\d{3} /.test(line))
    while (complete().length < count && !over) await new Promise<void>((resolve) => (wake = resolve))
    const found = complete()
    heard = ''
    return found
  }
  const say = (text: string, count: number) => {
    socket.write(text, 'latin1')
    return replies(count)
  }
  return {
    greeting: await replies(1),
    say,
    replies,
    hello: () => say('EHLO mta.sender.test\r\n', 1),
    async startTls() {
      await say('EHLO mta.sender.test\r\nSTARTTLS\r\n', 2)
      raw.removeAllListeners('data')
      socket = listen(connectTls({ socket: raw, rejectUnauthorized: false }))
      await say('EHLO mta.sender.test\r\n', 1)
    },
    /** Answers the replies to MAIL, RCPT, DATA and the dot. */
    async send(recipient: string, { sender = 'a@sender.test', text = body } = {}) {
      const envelope = await say(`MAIL FROM:<${sender}>\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`, 3)
      if (envelope[2]?.startsWith('354')) return [...envelope, ...(await say(`${text}.\r\n`, 1))]
      if (!over) await say('RSET\r\n', 1)
      return envelope
    },
    async quit() {
      await say('QUIT\r\n', 1)
      raw.destroy()
    },
    get over() {
      return over
    },
  }
}
const kinds = (ledger: { violations: readonly { kind: string }[] }) => ledger.violations.map(({ kind }) => kind)

test('a good client: TLS, two messages, goodbye; the ledger knows all of it', async (t) => {
  const { dial, ledger, clock } = await start(t, gmail)
  const client = await dial()
  assert.match(client.greeting[0] ?? '', /^220 mx\.google\.com/)
  await client.startTls()
  assert.match((await client.send('bob@gmail.test')).at(-1) ?? '', /^250 2\.0\.0 OK 1/)
  await client.send('eve@gmail.test', { text: `DKIM-Signature: v=1; d=Sender.test;\r\n s=x\r\n${body}` })
  await client.quit()
  assert.deepEqual(ledger.violations, [])
  assert.deepEqual(
    ledger.accepted.map(({ recipient, ip, at, dkimDomains, placement }) => ({ recipient, ip, at, dkimDomains, placement })),
    [
      { recipient: 'bob@gmail.test', ip: '127.0.0.2', at: clock.now(), dkimDomains: [], placement: 'inbox' },
      { recipient: 'eve@gmail.test', ip: '127.0.0.2', at: clock.now(), dkimDomains: ['sender.test'], placement: 'inbox' },
    ],
  )
  assert.equal(ledger.accepted[1]?.headers.get('from')?.[0], 'a@sender.test')
  const [visit] = ledger.visits
  assert.deepEqual([visit?.secure, visit?.helo, visit?.messages, visit?.transactions, visit?.closedAt], [true, 'mta.sender.test', 2, 2, clock.now()])
  assert.deepEqual([ledger.open(), ledger.mostOpen, ledger.mostTransactions], [0, 1, 2])
})

test('Gmail: a limit, a pause that every connection and message prolongs, and one connection afterwards', async (t) => {
  const { dial, ledger, clock } = await start(t, { ...gmail, tls: 'offered', quota: { ...gmail.quota, perIp: 2 } })
  const client = await dial()
  await client.hello()
  for (let i = 0; i < 2; i++) await client.send(`n${i}@gmail.test`, { sender: `v${i}@sender.test` })
  assert.match((await client.send('n2@gmail.test', { sender: 'v2@sender.test' })).at(-1) ?? '', /^421 4\.7\.28/)
  assert.deepEqual(kinds(ledger), [])
  const other = await dial('127.0.0.3')
  await other.hello()
  assert.match((await other.send('n3@gmail.test')).at(-1) ?? '', /^250/, 'another address')
  await clock.advance(5 * minute)
  const early = await dial()
  await early.hello()
  assert.match((await early.send('n2@gmail.test', { sender: 'v2@sender.test' })).at(-1) ?? '', /^421 4\.7\.28/)
  assert.deepEqual(kinds(ledger), ['connection-in-pause', 'message-in-pause'])
  // Six minutes after the breach, eleven after the first word: still inside.
  await clock.advance(6 * minute)
  await (await dial()).quit()
  assert.equal(kinds(ledger).length, 3)
  await clock.advance(10 * minute)
  const first = await dial()
  assert.match(first.greeting[0] ?? '', /^220/)
  assert.match((await dial()).greeting[0] ?? '', /^421 4\.7\.0/, 'two at once are too many')
  assert.deepEqual(kinds(ledger).slice(3), ['too-many-connections'])
})

test('Gmail: DKIM domain, MAIL FROM domain, Message-ID and mixed domains are told apart', async (t) => {
  const { dial } = await start(t, { ...gmail, tls: 'offered', quota: { ...gmail.quota, perDkimDomain: 1, perMailFromDomain: 2, perMessageId: 1 } })
  const last = async (sender: string, text: string, recipient = 'bob@gmail.test') => {
    const client = await dial()
    await client.hello()
    return (await client.send(recipient, { sender, text })).at(-1) ?? ''
  }
  const letter = (id: string, dkim: string) => `DKIM-Signature: d=${dkim}; s=x\r\nFrom: a@${dkim}\r\nMessage-ID: <${id}>\r\n\r\nx\r\n`
  assert.match(await last('v1@a.test', letter('1', 'a.test')), /^250/)
  assert.match(await last('v2@b.test', letter('1', 'b.test')), /^421 4\.7\.28/, 'the same Message-ID')
  assert.match(await last('v3@a.test', letter('2', 'a.test')), /^421 4\.7\.28/, 'DKIM domain')
  assert.match(await last('v4@a.test', letter('3', 'c.test')), /^250/)
  assert.match(await last('v5@a.test', letter('4', 'd.test')), /^421 4\.7\.28/, 'MAIL FROM domain')
  const client = await dial()
  await client.hello()
  const mixed = await client.say('MAIL FROM:<m@x.test>\r\nRCPT TO:<a@gmail.test>\r\nRCPT TO:<a@workspace.test>\r\n', 3)
  assert.match(mixed[2] ?? '', /^451 4\.3\.0/)
})

test('what is refused for good and tried again, and unknown users that are written to again, are breaches', async (t) => {
  const { dial, ledger, model } = await start(t, { ...gmail, tls: 'offered' })
  const client = await dial()
  await client.hello()
  const before = model.reputation.score('ip 127.0.0.2')
  assert.match((await client.send('unknown-1@gmail.test'))[1] ?? '', /^550 5\.1\.1/)
  assert.ok(model.reputation.score('ip 127.0.0.2') < before)
  await client.send('unknown-1@gmail.test')
  await client.send('unknown-1@gmail.test', { sender: 'other@sender.test' })
  assert.match((await client.send('bob@gmail.test', { sender: 's@sender.test', text: `${body}${spamMark}\r\n` })).at(-1) ?? '', /^550 5\.7\.1/)
  await client.send('bob@gmail.test', { sender: 's@sender.test' })
  await client.send('full@gmail.test')
  await client.send('full@gmail.test')
  assert.deepEqual(kinds(ledger), ['retry-after-refusal', 'mail-to-unknown-user-again', 'retry-after-refusal'])
})

test('connections at the same time: at a provider as a whole, and goodbyes count at once', async (t) => {
  const { dial, ledger } = await start(t, orange)
  const first = await dial()
  await dial()
  const third = await dial()
  assert.match(third.greeting[0] ?? '', /^421 .*Trop de connexions/)
  await first.quit()
  assert.match((await dial()).greeting[0] ?? '', /^220/)
  assert.match((await dial('127.0.0.3')).greeting[0] ?? '', /^220/, 'another address')
  assert.deepEqual(kinds(ledger), ['too-many-connections'])
})

test('messages on one connection: words, or a silent close that a deaf client runs into', async (t) => {
  const { dial, ledger } = await start(t, { ...gmx, tls: 'offered', messagesPerConnection: { max: 2, beyond: 'reply' } })
  const client = await dial()
  await client.hello()
  for (let i = 0; i < 2; i++) await client.send(`n${i}@gmx.test`, { sender: `v${i}@x.test` })
  assert.match((await client.say('MAIL FROM:<v3@x.test>\r\n', 1))[0] ?? '', /^421/)
  assert.deepEqual(kinds(ledger), ['too-many-messages'])
  const silent = await start(t, { ...yahoo, messagesPerConnection: { max: 1, beyond: 'close' } })
  const deaf = await silent.dial()
  await deaf.hello()
  await deaf.say('MAIL FROM:<v1@x.test>\r\nRCPT TO:<a@yahoo.test>\r\nDATA\r\n', 3)
  await deaf.say(`${body}.\r\nMAIL FROM:<v2@x.test>\r\n`, 2)
  assert.deepEqual(kinds(silent.ledger), ['too-many-messages'])
  assert.equal(silent.ledger.open(), 0)
})

test('greylisting, TLS and reputation speak in their own words', async (t) => {
  const company = await start(t, { ...corporate, replyMs: 0, tls: 'offered' })
  const client = await company.dial()
  await client.hello()
  assert.match((await client.send('bob@greylists.test'))[1] ?? '', /^450 4\.2\.0 .*Greylisted for 300 seconds/)
  await company.clock.advance(2 * minute)
  await client.send('bob@greylists.test')
  await company.clock.advance(3 * minute)
  assert.match((await client.send('bob@greylists.test')).at(-1) ?? '', /^250/)
  const other = await company.dial('127.0.0.3')
  await other.hello()
  await other.send('bob@greylists.test')
  assert.deepEqual(kinds(company.ledger), ['retry-too-early', 'greylist-from-another-ip'])
  const strict = await start(t, gmx)
  const clear = await strict.dial()
  await clear.hello()
  assert.match((await clear.say('MAIL FROM:<a@x.test>\r\n', 1))[0] ?? '', /^530/)
  const blocked = await start(t, { ...outlook, reputation: { slowBelow: 0, blockBelow: 60 } })
  const known = await blocked.dial()
  await known.hello()
  assert.match((await known.say('MAIL FROM:<a@x.test>\r\n', 1))[0] ?? '', /^550 5\.7\.1 .*\[127\.0\.0\.2\].*S3150/)
})

test('people who complain do so later, and it costs the sender', async (t) => {
  const { dial, model, clock } = await start(t, { ...gmail, tls: 'offered' })
  const client = await dial()
  await client.hello()
  for (let i = 0; i < 8; i++) await client.send(`complains+${i}@gmail.test`, { sender: `v${i}@bad.test`, text: `DKIM-Signature: d=bad.test\r\n${body}` })
  assert.ok(model.reputation.score('dkim bad.test') > 50)
  await clock.advance(complaintAfterMs)
  await client.send('bob@gmail.test', { sender: 'v9@bad.test' })
  assert.ok(model.reputation.score('dkim bad.test') < 20)
  assert.ok(model.reputation.score('ip 127.0.0.2') < 20)
  assert.deepEqual(model.complaints[0]?.dkimDomains, ['bad.test'])
  assert.equal(model.ledger.accepted.at(-1)?.placement, 'spam')
})

test('an address that is new hears of it on its first day and not on the second', async (t) => {
  const profile: ProviderProfile = { ...outlook, newIp: { perDay: 3, growth: 2 }, penalty: { ms: minute, strict: false } }
  const { dial, clock, ledger } = await start(t, profile)
  const tries = async (count: number) => {
    const client = await dial()
    await client.hello()
    for (let i = 0; i < count; i++) await client.send('bob@outlook.test', { sender: `v${clock.now()}-${i}@x.test` })
    await client.quit()
  }
  await tries(5)
  assert.equal(ledger.accepted.length, 3)
  assert.match(ledger.attempts.at(-1)?.reply ?? '', /^451 4\.7\.650/)
  await clock.advance(86_400_000)
  await tries(9)
  assert.equal(ledger.accepted.length, 3 + 6)
})

test('breaches of the protocol are seen: bare LF, commands behind STARTTLS, unknown commands', async (t) => {
  const { dial, ledger } = await start(t, {
    ...lenient,
    name: 'plain',
    provider: undefined,
    banner: words(220, '', 'plain'),
    domains: { 'plain.test': [['mx.plain.test', 1]] },
  })
  const client = await dial()
  await client.hello()
  await client.send('a@plain.test', { text: 'a\nb\r\n' })
  await client.say('WHAT\r\n', 1)
  await client.say('STARTTLS\r\nMAIL FROM:<evil@x.test>\r\n', 1)
  assert.deepEqual(
    ledger.violations.map(({ detail }) => detail),
    ['the message holds bare LF', 'the command WHAT', 'commands behind STARTTLS'],
  )
  assert.equal(
    ledger.attempts.some(({ sender }) => sender === 'evil@x.test'),
    false,
  )
})

test('faults strike where they are told to, and only so many connections', async (t) => {
  const { dial, misbehave, ledger } = await start(t, hostile)
  misbehave({ kind: 'shut-down', at: 'MAIL' }, 1)
  const first = await dial()
  await first.hello()
  assert.match((await first.say('MAIL FROM:<a@x.test>\r\n', 1))[0] ?? '', /^421 4\.3\.2/)
  const second = await dial()
  await second.hello()
  assert.match((await second.send('bob@hostile.test')).at(-1) ?? '', /^250/)
  misbehave({ kind: 'drop-after-dot', kept: true }, 1)
  const third = await dial()
  await third.hello()
  const replies = await third.send('eve@hostile.test')
  assert.deepEqual([replies.length, third.over], [3, true])
  assert.deepEqual(
    ledger.accepted.map(({ recipient }) => recipient),
    ['bob@hostile.test', 'eve@hostile.test'],
  )
  misbehave({ kind: 'reset', at: 'greeting' })
  const fourth = await dial()
  assert.deepEqual([fourth.greeting, fourth.over], [[], true])
})
