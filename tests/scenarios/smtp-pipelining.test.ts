// Commands sent ahead are answered in order and in few packets; what is sent while a message is being committed waits, bounded.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient, slowIntake, startDoor } from '../harness/submission-door.ts'

const envelope = 'MAIL FROM:<a@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\n'

test('replies keep their order around a slow commit and leave in one packet', async (t) => {
  const intake = slowIntake()
  const world = await startDoor(t, { accept: intake.accept })
  const client = await (await RawClient.open(t, world.port)).logIn()
  const packets: string[] = []
  client.socket.on('data', (chunk: Buffer) => packets.push(chunk.toString()))
  client.write(envelope)
  await client.until(() => client.rest.includes('354'))
  client.write(`x: 1\r\n\r\n.\r\n${envelope}`)
  await intake.asked()
  client.write('x: 2\r\n\r\n.\r\nNOOP\r\nXYZZY\r\nQUIT\r\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(world.submissions.length, 1, 'the second message waits for the first')
  await intake.answer('one')
  await intake.answer('two')
  await client.close()
  assert.deepEqual(packets, [
    '250 Ok\r\n250 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n',
    '250 Ok one\r\n250 Ok\r\n250 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n',
    '250 Ok two\r\n250 Ok\r\n500 Unrecognized command\r\n221 Bye\r\n',
  ])
  assert.equal(world.content(1), 'x: 2\r\n\r\n')
})

test('a client that sends everything and closes its side still gets every reply', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  client.socket.end(`${envelope}x: 1\r\n\r\n.\r\n${envelope}x: 2\r\n\r\n.\r\n`)
  assert.equal(
    await client.close(),
    '250 Ok\r\n250 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 Ok id-1\r\n250 Ok\r\n250 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n250 Ok id-2\r\n',
  )
})

// More than the kernel buffers of both sides hold (some 10 MB on loopback).
const flood = `NOOP ${'x'.repeat(500)}\r\n`.repeat(32_000)
const floodReplies = '250 Ok\r\n'.length * 32_000

test('what is sent ahead of a commit is held back by TCP, not by memory', async (t) => {
  const intake = slowIntake()
  const world = await startDoor(t, { accept: intake.accept, limits: { commandsWithoutMailMax: 1e9 } })
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write('x: 1\r\n\r\n.\r\n')
  await intake.asked()
  client.write(`${flood}QUIT\r\n`)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.ok(client.socket.writableLength > 0, 'the door read on while it should have waited')
  await intake.answer('one')
  const heard = await client.close()
  assert.equal(heard.length, '250 Ok one\r\n'.length + floodReplies + '221 Bye\r\n'.length)
})

test('a client that does not read its replies is not answered any further', async (t) => {
  const world = await startDoor(t, { limits: { commandsWithoutMailMax: 1e9 } })
  const client = await (await RawClient.open(t, world.port)).logIn()
  client.socket.pause()
  // Replies are much shorter than the commands, so it takes many to fill the way back.
  const short = 'NOOP\r\n'.repeat(3_000_000)
  client.write(`${short}QUIT\r\n`)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  assert.ok(client.socket.writableLength > 0, 'the door kept reading and piling up replies')
  client.socket.resume()
  assert.match(await client.close(), /221 Bye\r\n$/)
})
