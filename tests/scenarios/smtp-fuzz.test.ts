// Whatever bytes arrive, the door answers or closes, keeps working and gives its memory back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { plainResponse, RawClient, startDoor } from '../harness/submission-door.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const runs = 10_000
const together = 16

const piece = fc.oneof(
  fc.constantFrom(
    'EHLO c.test\r\n',
    `AUTH PLAIN ${plainResponse}\r\n`,
    'AUTH LOGIN\r\n',
    'AUTH PLAIN\r\n',
    '*\r\n',
    'MAIL FROM:<a@one.test>\r\n',
    'RCPT TO:<b@two.test>\r\n',
    'DATA\r\n',
    'Subject: x\r\n\r\nbody\r\n.\r\n',
    '.\r\n',
    'RSET\r\n',
    'NOOP\r\n',
    'QUIT\r\n',
    'STARTTLS\r\n',
    '\r\n',
    '\n',
    '\r',
    '\0',
    `${'x'.repeat(700)}`,
    `MAIL FROM:<${'"'.repeat(100)}>\r\n`,
    'GET / HTTP/1.1\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
)
const session = fc.record({
  pieces: fc.array(piece, { maxLength: 14 }),
  loggedIn: fc.boolean(),
  cuts: fc.array(fc.nat(400), { maxLength: 4 }),
  hangUp: fc.boolean(),
})

test('random and malformed sessions: no crash, no hang, no growing memory', async (t) => {
  const world = await startDoor(t, { limits: { mistakeDelayMs: 0, authDelayMs: 0, authDelayMsMax: 0, mistakesMax: 30 } })
  const inputs = fc.sample(session, { numRuns: runs, seed: 20261124 })
  const speak = async (input: (typeof inputs)[number]) => {
    const ends: (() => void)[] = []
    const scope = { after: (end: () => void) => void ends.push(end) }
    const client = await RawClient.open(scope, world.port)
    if (input.loggedIn) client.write(`EHLO c.test\r\nAUTH PLAIN ${plainResponse}\r\n`)
    const bytes = Buffer.from(input.pieces.join(''), 'latin1')
    let at = 0
    for (const cut of [...input.cuts].sort((a, b) => a - b)) {
      client.write(bytes.subarray(at, Math.max(at, cut)))
      at = Math.max(at, cut)
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.write(bytes.subarray(at))
    if (input.hangUp) client.socket.destroy()
    else {
      // Our end of the stream is always answered with the door's.
      client.socket.end()
      await client.close()
      assert.match(client.rest, /^(\d{3}[ -][ -~]*\r\n)*$/, 'every line of every reply is well-formed')
    }
    for (const end of ends) end()
  }
  const memory: number[] = []
  for (let from = 0; from < inputs.length; from += together) {
    await Promise.all(inputs.slice(from, from + together).map(speak))
    if (from % (together * 125) === 0) memory.push(await usedBytes())
    world.submissions.length = Math.min(world.submissions.length, 1)
  }
  t.diagnostic(`MiB held: ${memory.map((bytes) => Math.round(bytes / 2 ** 20)).join(' ')}`)
  const [, second = 0] = memory
  const last = await usedBytes()
  assert.ok(last < second + 8 * 1024 * 1024, `memory rose from ${second} to ${last}`)
  const client = await (await RawClient.open(t, world.port)).logIn()
  await client.openData()
  client.write('.\r\n')
  assert.match(await client.reply(), /^250 Ok id-/)
  assert.match(await world.metrics.expose(), /bulkhead_smtp_faults_total 0/)
})

/** What is really held: twice, because sockets are let go of only after their finalizers ran. */
async function usedBytes(): Promise<number> {
  collectGarbage()
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
