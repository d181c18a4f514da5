// Every limit of the submission door refuses or hangs up in the words of the protocol.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Log } from '../../src/kit/log.ts'
import { refuse } from '../../src/model/refusal.ts'
import { createManualClock } from '../harness/manual-clock.ts'
import { password, plainResponse, RawClient, slowIntake, startDoor, user } from '../harness/submission-door.ts'

test('connections over the limit are told so', async (t) => {
  const world = await startDoor(t, { limits: { connectionsPerIpMax: 2 } })
  const first = await RawClient.open(t, world.port)
  await RawClient.open(t, world.port)
  const heard = await new Promise((resolve) => connect(world.port, '127.0.0.1').once('data', (chunk) => resolve(String(chunk))))
  assert.equal(heard, '421 Too many concurrent SMTP connections\r\n')
  await first.say('QUIT')
  await first.close()
  first.socket.destroy()
  while (!(await world.metrics.expose()).includes('bulkhead_smtp_connections 1\n')) await new Promise((resolve) => setTimeout(resolve, 1))
  await RawClient.open(t, world.port)
  assert.match(await world.metrics.expose(), /bulkhead_smtp_connections_refused_total\{reason="address"\} 1/)
})

test('a message over the size limit is read to its end and refused, and the next one is taken', async (t) => {
  const world = await startDoor(t, { limits: { messageBytesMax: 100_000 } })
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write(`x: y\r\n\r\n${'z'.repeat(998)}\r\n`.repeat(120))
  client.write('.\r\n')
  assert.equal(await client.reply(), '552 Message is too long.')
  await client.openData()
  client.write('x: y\r\n\r\n.\r\n')
  assert.equal(await client.reply(), '250 Ok id-1')
  assert.equal(world.submissions.length, 1)
})

test('a body that never ends is cut off', async (t) => {
  const world = await startDoor(t, { limits: { messageBytesMax: 10_000, discardedBytesMax: 100_000 } })
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write('x'.repeat(150_000))
  assert.equal(await client.close(), '552 Message is too long.\r\n421 Service closing transmission channel\r\n')
})

test('when bodies fill the memory, new ones are put off until there is room', async (t) => {
  const intake = slowIntake()
  const world = await startDoor(t, {
    limits: { heldBytesMax: 60_000, heldBytesForNewMax: 20_000 },
    accept: intake.accept,
  })
  const big = await (await RawClient.open(t, world.port)).logIn()
  const other = await (await RawClient.open(t, world.port)).logIn()
  const bigger = await (await RawClient.open(t, world.port)).logIn()
  await big.openData()
  await bigger.openData()
  big.write(`${'x'.repeat(30_000)}\r\n.\r\n`)
  await intake.asked()
  other.write('MAIL FROM:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n')
  assert.deepEqual([await other.reply(), await other.reply(), await other.reply()], ['250 Ok', '250 Ok', '451 Temporary service failure'])
  bigger.write(`${'x'.repeat(40_000)}\r\n.\r\n`)
  assert.equal(await bigger.reply(), '451 Temporary service failure')
  await intake.answer('one')
  assert.equal(await big.reply(), '250 Ok one')
  await other.openData()
  other.write('x: y\r\n\r\n.\r\n')
  await intake.asked()
  await intake.answer('two')
  assert.equal(await other.reply(), '250 Ok two')
})

test('silence ends a session: strangers first, then idle ones, then bodies', async (t) => {
  const clock = createManualClock()
  const world = await startDoor(t, { clock, limits: { sweepMs: 30_000 } })
  const late = '451 4.4.2 Timeout waiting for data from client.\r\n'
  const stranger = await RawClient.open(t, world.port)
  const writer = await (await RawClient.open(t, world.port)).logIn()
  const idle = await (await RawClient.open(t, world.port)).logIn()
  await writer.openData()
  await clock.advance(90_000)
  assert.ok(!stranger.ended)
  await clock.advance(60_000)
  assert.equal(await stranger.close(), late)
  assert.ok(!writer.ended)
  await clock.advance(60_000)
  assert.equal(await writer.close(), late)
  await idle.say('NOOP')
  await clock.advance(270_000)
  assert.ok(!idle.ended)
  await clock.advance(90_000)
  assert.equal(await idle.close(), late)
  assert.match(await world.metrics.expose(), /bulkhead_smtp_connections 0/)
})

test('a TLS handshake that never comes is given up', async (t) => {
  const clock = createManualClock()
  const world = await startDoor(t, { clock, limits: { sweepMs: 30_000 } })
  const socket = connect(world.tlsPort, '127.0.0.1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await clock.advance(180_000)
  await closed
})

test('mistakes slow a session down and then end it', async (t) => {
  const world = await startDoor(t)
  const client = await RawClient.open(t, world.port)
  for (let index = 0; index < 9; index += 1) assert.equal(await client.say('XYZZY'), '500 Unrecognized command')
  assert.equal(await client.say('XYZZY'), '500 Unrecognized command')
  assert.equal(await client.close(), '421 Too many errors\r\n')
})

test('commands without a message come to an end; other protocols at once', async (t) => {
  const world = await startDoor(t, { limits: { commandsWithoutMailMax: 5 } })
  const client = await RawClient.open(t, world.port)
  for (let index = 0; index < 5; index += 1) await client.say('NOOP')
  assert.equal(await client.say('NOOP'), '421 Too many commands without a message')
  await client.close()
  const browser = await RawClient.open(t, world.port)
  browser.write(`POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO a\r\nAUTH PLAIN ${plainResponse}\r\n`)
  assert.equal(await browser.close(), '421 This is not a web server\r\n')
})

test('an endless line is skipped, then cut off', async (t) => {
  const world = await startDoor(t)
  const client = await RawClient.open(t, world.port)
  client.write('x'.repeat(30_000))
  client.write('\r')
  client.write('\nNOOP\r\n')
  assert.equal(await client.reply(), '500 Line too long')
  assert.equal(await client.reply(), '250 Ok')
  client.write('y'.repeat(200_000))
  assert.equal(await client.close(), '500 Line too long\r\n421 Service closing transmission channel\r\n')
})

test('closing lets messages under way finish, ends the rest and takes no more', async (t) => {
  const intake = slowIntake()
  const world = await startDoor(t, { accept: intake.accept })
  const idle = await RawClient.open(t, world.port)
  const writer = await (await RawClient.open(t, world.port)).logIn()
  await writer.openData()
  writer.write('x: y\r\n\r\nhalf')
  const closing = world.door.close(5_000)
  assert.equal(await idle.close(), '421 Service closing transmission channel\r\n')
  await assert.rejects(RawClient.open(t, world.port))
  writer.write(' and half\r\n.\r\nNOOP\r\n')
  await intake.asked()
  await intake.answer('last')
  assert.equal(await writer.close(), '250 Ok last\r\n421 Service closing transmission channel\r\n')
  await closing
})

test('the grace of closing ends', async (t) => {
  const world = await startDoor(t)
  const writer = await (await RawClient.open(t, world.port)).logIn()
  await writer.openData()
  await world.door.close(50)
  assert.equal(await writer.close(), '')
})

test('a client that leaves during the TLS handshake frees its place', async (t) => {
  const world = await startDoor(t)
  for (const bytes of ['', '\x16\x03\x01']) {
    const socket = connect({ port: world.tlsPort, host: '127.0.0.1', allowHalfOpen: true })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('end', () => socket.end()).on('error', () => socket.destroy())
    socket.resume()
    socket.end(bytes)
    await closed
  }
  const plain = await RawClient.open(t, world.port)
  plain.socket.end('STARTTLS\r\n')
  assert.equal(await plain.close(), '220 Ready to start TLS\r\n')
})

test('one address that fails again and again is hung up on at its first failure, and its right passwords still pass', async (t) => {
  const world = await startDoor(t, { limits: { authDelayMs: 0, authFailuresPerIpMax: 3 } })
  const wrong = `AUTH PLAIN ${Buffer.from('\0a\0b').toString('base64')}`
  for (const expected of ['', '', '421 Too many failed authentications\r\n']) {
    const client = await RawClient.open(t, world.port)
    await client.say('EHLO c.test')
    assert.equal(await client.say(wrong), '535 Authentication Credentials Invalid')
    if (expected === '') await client.say('QUIT')
    assert.equal(await client.close(), expected)
  }
  await (await RawClient.open(t, world.port)).logIn()
})

test('passwords never reach the log or the metrics', async (t) => {
  const lines: string[] = []
  const keep = (facts: Record<string, unknown>, text: string) => void lines.push(JSON.stringify(facts) + text)
  const log: Log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  const world = await startDoor(t, { log, accept: async () => refuse('AccountPaused', { accountId: '111122223333' }) })
  const client = await RawClient.open(t, world.port)
  await client.say('EHLO c.test')
  await client.say(`AUTH PLAIN ${Buffer.from(`\0${user}\0mistyped-password`).toString('base64')}`)
  await client.logIn()
  await client.openData()
  client.write('x: y\r\n\r\nsecret content\r\n.\r\n')
  assert.equal(await client.reply(), '554 Sending paused: Sending is paused for account 111122223333.')
  assert.equal(lines.length, 2)
  const told = lines.join('\n') + (await world.metrics.expose())
  assert.match(told, /authentication failed.*message refused.*refusals_total\{refusal="AccountPaused"\} 1/s)
  for (const hidden of ['mistyped', password, plainResponse, 'secret content']) assert.ok(!told.includes(hidden), hidden)
})
