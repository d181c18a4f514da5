// Bodies within bounds: of one, and of all together.
import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { isRefusal } from '../model/refusal.ts'
import { uncountedBodyBytes } from './limits.ts'
import { createBodyReader } from './read-body.ts'

const arriving = (headers: Record<string, string>) => Object.assign(new PassThrough({ highWaterMark: 1 << 24 }), { headers })
const request = (stream: ReturnType<typeof arriving>) => stream as unknown as IncomingMessage
const answer = () => Object.assign(new EventEmitter(), { destroyed: false })
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('one body: whole, empty, too long as announced and as it comes, cut off', async () => {
  const { read, bytesUnderWay } = createBodyReader()
  const whole = arriving({ 'transfer-encoding': 'chunked' })
  const reading = read(request(whole), answer(), 10)
  whole.write('ab')
  whole.end('cd')
  assert.equal(String(await reading), 'abcd')
  assert.equal(String(await read(request(arriving({})), answer(), 10)), '')
  const announced = await read(request(arriving({ 'content-length': '11' })), answer(), 10)
  assert.ok(isRefusal(announced) && announced.name === 'RequestTooLarge')
  const coming = arriving({ 'transfer-encoding': 'chunked' })
  const long = read(request(coming), answer(), 10)
  coming.write('x'.repeat(11))
  const refused = await long
  assert.ok(isRefusal(refused) && refused.name === 'RequestTooLarge')
  const cut = arriving({ 'content-length': '5' })
  const gone = read(request(cut), answer(), 10)
  cut.write('ab')
  cut.destroy()
  assert.equal(await gone, undefined)
  assert.equal(bytesUnderWay(), 0)
})

test('all together: beyond the budget a large body is refused, a small one never, and what is done is given back', async () => {
  const { read, bytesUnderWay } = createBodyReader(1_000)
  const large = () => arriving({ 'content-length': String(uncountedBodyBytes + 600) })
  const [first, second, small] = [large(), large(), arriving({ 'content-length': String(uncountedBodyBytes) })]
  const [ofFirst, ofOthers] = [answer(), answer()]
  const readings = [first, second, small].map((stream) => read(request(stream), stream === first ? ofFirst : ofOthers, 1 << 20))
  first.write(Buffer.alloc(uncountedBodyBytes + 600))
  await settled()
  assert.equal(bytesUnderWay(), 600)
  second.write(Buffer.alloc(uncountedBodyBytes + 600))
  const refused = await readings[1]
  assert.ok(isRefusal(refused) && refused.name === 'ServiceUnavailable')
  small.end(Buffer.alloc(uncountedBodyBytes))
  assert.equal(((await readings[2]) as Buffer).length, uncountedBodyBytes)
  first.end()
  assert.equal(((await readings[0]) as Buffer).length, uncountedBodyBytes + 600)
  assert.equal(bytesUnderWay(), 600) // Its work is under way; the next large one must still wait.
  ofFirst.emit('close')
  assert.equal(bytesUnderWay(), 0)
})
