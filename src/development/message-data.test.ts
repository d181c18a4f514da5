// Where data ends, whatever the chunks, and what its lines hold.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDataGatherer, readMessage } from './message-data.ts'

/** Feeds `wire` in pieces cut at `cuts`; answers what came before the final dot and what after. */
function feed(wire: Buffer, cuts: readonly number[]) {
  const gatherer = createDataGatherer(1_000_000)
  const edges = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...edges, wire.length]) {
    const end = gatherer.push(wire.subarray(from, to))
    if (end) return { raw: end.raw?.toString('latin1'), rest: Buffer.concat([end.rest, wire.subarray(to)]).toString('latin1') }
    from = to
  }
  return undefined
}

const stuff = (lines: readonly string[]) => lines.map((line) => `${line.startsWith('.') ? '.' : ''}${line}\r\n`).join('')

test('the message that was sent is read, however the network cuts it', () => {
  const line = fc.array(fc.constantFrom('.', 'a', ' ', 'x.'), { maxLength: 4 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (lines, cuts) => {
      const end = feed(Buffer.from(`${stuff(lines)}.\r\nQUIT\r\n`), cuts)
      assert.equal(end?.rest, 'QUIT\r\n')
      assert.equal(readMessage(Buffer.from(end?.raw ?? '', 'latin1')).bytes.toString(), lines.map((one) => `${one}\r\n`).join(''))
    }),
  )
})

test('only CRLF dot CRLF ends the data', () => {
  for (const false_ of ['\n.\n', '\n.\r\n', '\r.\r\n', '\r\n.\n', '\r\n.\r', '\r\n\0.\r\n', '\r\n.\r\r\n']) {
    assert.equal(feed(Buffer.from(`a${false_}b`), []), undefined, JSON.stringify(false_))
    const end = feed(Buffer.from(`a${false_}b\r\n.\r\nQUIT`), [1, 2, 3, 4, 5])
    assert.deepEqual(end, { raw: `a${false_}b\r\n`, rest: 'QUIT' }, JSON.stringify(false_))
  }
})

test('flaws are named', () => {
  const flaws = (text: string) => readMessage(Buffer.from(text, 'latin1')).flaws
  assert.deepEqual(flaws('a\r\n\r\nb\r\n'), [])
  assert.deepEqual(flaws('a\nb\r\n'), ['bare LF'])
  assert.deepEqual(flaws('\n'), ['bare LF'])
  assert.deepEqual(flaws('a\rb\r\n'), ['bare CR'])
  assert.deepEqual(flaws('a\r\r\n'), ['bare CR'])
  assert.deepEqual(flaws('a\0b\xe9\r\n'), ['NUL', '8-bit byte'])
  assert.deepEqual(flaws(`${'x'.repeat(998)}\r\n.${'.'.repeat(998)}\r\n`), [])
  assert.deepEqual(flaws(`${'x'.repeat(999)}\r\n`), ['line longer than 998'])
})

test('too large a message is counted off, and its end is still found', () => {
  const gatherer = createDataGatherer(10)
  assert.equal(gatherer.push(Buffer.from('0123456789')), undefined)
  assert.deepEqual(gatherer.push(Buffer.from('0123\r\n.\r\nNOOP\r\n')), { raw: undefined, rest: Buffer.from('NOOP\r\n') })
})
