// A second message hidden in a first one is never taken for a message of its own, however TCP cuts the bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawClient, startDoor } from '../harness/submission-door.ts'

const vectors = ['\n.\n', '\n.\r\n', '\r.\r\n', '\r\n.\n', '\r\n.\r', '\r.\r']
const hidden = 'MAIL FROM:<evil@one.test>\r\nRCPT TO:<b@two.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx'

test('every vector is refused as one message, and the session stays in a known state', async (t) => {
  const world = await startDoor(t)
  for (const vector of vectors) {
    const client = await (await RawClient.open(t, world.port)).logIn()
    await client.openData()
    client.write(`Subject: x\r\n\r\nbody${vector}${hidden}\r\n.\r\nNOOP\r\n`)
    assert.equal(await client.reply(), '550 5.5.2 Message contains a bare CR or LF', JSON.stringify(vector))
    assert.equal(await client.reply(), '250 Ok')
    assert.equal(await client.say('RCPT TO:<b@two.test>'), '503 Need MAIL command first')
    assert.equal(client.rest, '')
  }
  assert.equal(world.submissions.length, 0)
})

test('a zero byte before the dot does not end a message', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write(`a: b\r\n\r\nbody\r\n\0.\r\n${hidden}\r\n.\r\nNOOP\r\n`)
  assert.equal(await client.reply(), '250 Ok id-1')
  assert.equal(await client.reply(), '250 Ok')
  assert.equal(world.content(0), `a: b\r\n\r\nbody\r\n\0.\r\n${hidden}\r\n`)
  assert.equal(world.submissions.length, 1)
})

test('the answer is the same when the segment ends at any byte', async (t) => {
  const world = await startDoor(t)
  const client = await (await RawClient.open(t, world.port)).logIn()
  const pieceThrough = async (wire: string, at: number) => {
    await client.openData()
    client.write(wire.slice(0, at))
    // One turn of the loop on both sides, so that the halves arrive as two chunks.
    await new Promise((resolve) => setTimeout(resolve, 1))
    client.write(wire.slice(at))
    return client.reply()
  }
  for (const vector of vectors) {
    const wire = `s${vector}NOOP\r\n.\r\n`
    for (let at = 1; at < wire.length; at += 1)
      assert.equal(await pieceThrough(wire, at), '550 5.5.2 Message contains a bare CR or LF', JSON.stringify([vector, at]))
  }
  const good = 'a: b\r\n\r\n..c\r\n.\r\n'
  for (let at = 1; at < good.length; at += 1) {
    assert.match(await pieceThrough(good, at), /^250 Ok id-/)
    assert.equal(world.content(world.submissions.length - 1), 'a: b\r\n\r\n.c\r\n')
  }
  assert.equal(world.submissions.length, good.length - 1)
  assert.equal(client.rest, '')
})
