// The end of a body is found wherever the network cuts it, dots are undone, and no smuggling vector passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Body, DataReader } from './data-reader.ts'
import { smtpLimits } from './limits.ts'

/** Feeds `chunks` and answers the body and what came behind its end; undefined when the end was not found. */
function read(chunks: readonly Buffer[], limits = smtpLimits, memory = { held: 0 }): { body: Body; rest: string } | undefined {
  const reader = new DataReader(limits, memory)
  for (const [index, chunk] of chunks.entries()) {
    const end = chunk.length === 0 ? -1 : reader.take(chunk, 0)
    if (end < 0) continue
    const body = reader.finish()
    reader.release()
    assert.equal(memory.held, 0)
    return { body, rest: Buffer.concat([chunk.subarray(end), ...chunks.slice(index + 1)]).toString('latin1') }
  }
  return undefined
}

const bytes = (text: string) => Buffer.from(text, 'latin1')
const textOf = (read: { body: Body } | undefined) => (read?.body.kind === 'complete' ? read.body.bytes.toString('latin1') : read?.body.kind)

/** All ways to cut `wire` once, in single bytes, and not at all. */
function* cuts(wire: Buffer): Generator<Buffer[]> {
  yield [wire]
  for (let at = 1; at < wire.length; at += 1) yield [wire.subarray(0, at), wire.subarray(at)]
  yield [...wire].map((byte) => Buffer.of(byte))
}

test('the end is found and dots are undone at every cut', () => {
  const cases: [wire: string, text: string][] = [
    ['.\r\n', ''],
    ['a\r\n.\r\n', 'a\r\n'],
    ['..\r\n.\r\n', '.\r\n'],
    ['a\r\n..b\r\n...\r\n.c\r\n\r\n.\r\n', 'a\r\n.b\r\n..\r\nc\r\n\r\n'],
    ['a.\r\nb.c\r\n.\r\n', 'a.\r\nb.c\r\n'],
    ['\r\n\r\n.\r\n', '\r\n\r\n'],
    ['\0\xff.\r\n.\r\n', '\0\xff.\r\n'],
  ]
  for (const [wire, text] of cases) {
    for (const chunks of cuts(bytes(`${wire}QUIT\r\n`))) {
      const result = read(chunks)
      assert.equal(textOf(result), text)
      assert.equal(result?.rest, 'QUIT\r\n')
    }
  }
})

test('no smuggling vector ends a body, and each makes it unacceptable', () => {
  for (const vector of ['\n.\n', '\n.\r\n', '\r.\r\n', '\r\n.\n', '\r\n.\r', '\r.\r', '\n', '\r', '\r\r\n', '\n\r\n', '\r\n.\r\r\n', '\n\r\n.\n']) {
    for (const chunks of cuts(bytes(`a${vector}MAIL FROM:<x@y.test>\r\n.\r\nQUIT\r\n`))) {
      const result = read(chunks)
      assert.equal(textOf(result), 'bare-newline', JSON.stringify(vector))
      assert.equal(result?.rest, 'QUIT\r\n', JSON.stringify(vector))
    }
  }
  // Not a line end at all, so it is text like any other; the zero byte is intake's to judge.
  for (const chunks of cuts(bytes('a\r\n\0.\r\nb\r\n.\r\nQUIT\r\n'))) {
    const result = read(chunks)
    assert.equal(textOf(result), 'a\r\n\0.\r\nb\r\n')
    assert.equal(result?.rest, 'QUIT\r\n')
  }
  assert.equal(textOf(read([bytes('\n.\r\n')])), undefined, 'a line feed behind DATA is no line start')
})

test('any text comes back as it was, in any pieces', () => {
  const piece = fc.constantFrom('\r\n', '.', '..', 'a', 'b'.repeat(90), '\r\n.', '\xe9')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(40), { maxLength: 30 }), (pieces, sizes) => {
      const text = `${pieces.join('')}\r\n`
      const wire = bytes(`${text.replace(/(^|\r\n)\./g, '$1..')}.\r\n`)
      const chunks: Buffer[] = []
      let at = 0
      for (const size of sizes) {
        chunks.push(wire.subarray(at, at + size))
        at += size
      }
      chunks.push(wire.subarray(at))
      assert.equal(textOf(read(chunks)), text)
    }),
    { numRuns: 500 },
  )
})

test('a body of dots only is undone byte by byte to the same text', () => {
  const text = '.\r\n'.repeat(20_000)
  assert.equal(textOf(read([bytes(`${text.replace(/^\./gm, '..')}.\r\n`)])), text)
})

test('limits on one body and on all together give it up but still find its end', () => {
  const limits = { ...smtpLimits, messageBytesMax: 100 }
  assert.equal(textOf(read([bytes(`${'x'.repeat(98)}\r\n.\r\n`)], limits))?.length, 100)
  assert.equal(textOf(read([bytes('x'.repeat(60)), bytes(`${'x'.repeat(39)}\r\n.\r\n`)], limits)), 'too-long')
  assert.equal(textOf(read([bytes('x'.repeat(60)), bytes('x\r\n.\r\n')], { ...smtpLimits, heldBytesMax: 50 })), 'no-memory')
})
