// SMTP replies: what real servers send, what hostile ones send.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReplyReader, type SmtpReply } from './replies.ts'

const readAll = (...chunks: string[]) => {
  const reader = createReplyReader()
  return chunks.flatMap((chunk): (SmtpReply | 'garbage')[] => {
    const replies = reader.read(Buffer.from(chunk, 'latin1'))
    return replies === 'garbage' ? ['garbage'] : [...replies]
  })
}

test('several replies in one segment, and one reply in segments of one byte', () => {
  const wire = '250-mx.far.test\r\n250-PIPELINING\r\n250 SIZE 1000\r\n354 go\r\n'
  const whole = readAll(wire)
  assert.deepEqual(whole, readAll(...wire))
  assert.equal(whole.length, 2)
  assert.deepEqual(whole[0] !== 'garbage' && whole[0]?.lines, ['mx.far.test', 'PIPELINING', 'SIZE 1000'])
})

test('a multi-line refusal reads as one line with its enhanced code once', () => {
  const [reply] = readAll('550-5.7.1 Blocked\r\n550-5.7.1  by policy\r\n550 5.7.1 see https://x.test\r\n')
  assert.ok(reply && reply !== 'garbage')
  assert.equal(reply.text, '550 5.7.1 Blocked by policy see https://x.test')
  assert.equal(reply.enhanced, '5.7.1')
})

test('bare LF, missing text, 8-bit text and control characters are tolerated', () => {
  const replies = readAll('250\r\n220 hi\n450 caf\xe9\x00\x07!\r\n')
  assert.deepEqual(
    replies.map((reply) => reply !== 'garbage' && [reply.code, reply.text]),
    [
      [250, '250'],
      [220, '220 hi'],
      [450, '450 caf\xe9  !'],
    ],
  )
})

test('what is no reply, or never ends, is garbage', () => {
  for (const wire of ['hello\r\n', '\r\n', '25 ok\r\n', '2500 ok\r\n', '650 x\r\n', 'HTTP/1.1 400 Bad Request\r\n'])
    assert.deepEqual(readAll(wire), ['garbage'], wire)
  assert.deepEqual(readAll('x'.repeat(5000)), ['garbage'])
  assert.equal(readAll(...Array(400).fill('250-again and again\r\n')).includes('garbage'), true)
})
