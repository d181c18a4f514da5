// The rate of calls and the back-off, on a clock that only these calls move.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { GetAccountCommand } from '@aws-sdk/client-sesv2'
import type { Clock } from '../../kit/clock.ts'
import { systemRandom } from '../../kit/random.ts'
import { endsImport, isTemporary } from './faults.ts'
import { createPacer, pacedClient } from './paced-client.ts'

/** Time goes on by what is waited for. */
function jumpingClock(): Clock {
  let now = 1_000_000
  const waiting: { at: number; fire: () => void }[] = []
  return {
    now: () => now,
    after(delayMs, fire) {
      const timer = { at: now + delayMs, fire }
      waiting.push(timer)
      setImmediate(() => {
        const next = waiting.sort((a, b) => a.at - b.at).shift()
        if (next) now = Math.max(now, next.at)
        next?.fire()
      })
      return { cancel() {} }
    },
  }
}

test('ten calls at two a second take four and a half seconds, however many ask at once', async () => {
  const clock = jumpingClock()
  const pacer = createPacer({ callsPerSecond: 2, clock, random: systemRandom, signal: new AbortController().signal })
  const start = clock.now()
  const times: number[] = []
  await Promise.all(Array.from({ length: 10 }, () => pacer.turn().then(() => times.push(clock.now() - start))))
  assert.deepEqual(times, [0, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 3_500, 4_000, 4_500])
})

test('a throttled call holds all others back, longer each time and with a bound; an abort ends the wait', async () => {
  const clock = jumpingClock()
  const ending = new AbortController()
  const pacer = createPacer({ callsPerSecond: undefined, clock, random: { ...systemRandom, fraction: () => 0.5 }, signal: ending.signal })
  const waited = async (attempt: number) => {
    const before = clock.now()
    pacer.holdBack(attempt)
    await pacer.turn()
    return clock.now() - before
  }
  assert.deepEqual([await waited(1), await waited(2), await waited(3), await waited(20)], [500, 1_000, 2_000, 30_000])
  pacer.holdBack(20)
  ending.abort()
  await assert.rejects(pacer.turn(), { name: 'Interrupted' })
})

test('which faults are tried again and which end everything', () => {
  const fault = (name: string, httpStatusCode?: number, more: object = {}) =>
    Object.assign(new Error('x'), { name, ...(httpStatusCode ? { $metadata: { httpStatusCode } } : {}), ...more })
  for (const temporary of [
    fault('TooManyRequestsException', 429),
    fault('ThrottlingException', 400),
    fault('InternalServiceErrorException', 500),
    fault('Error', undefined, { code: 'ECONNRESET' }),
    fault('TimeoutError'),
  ])
    assert.equal(isTemporary(temporary), true, temporary.name)
  for (const lasting of [fault('LimitExceededException', 400), fault('AccessDeniedException', 403), fault('NotFoundException', 404), fault('TypeError')])
    assert.deepEqual([isTemporary(lasting), endsImport(lasting)], [false, false], lasting.name)
  for (const last of [fault('UnrecognizedClientException', 403), fault('CredentialsProviderError'), fault('Error', undefined, { code: 'ECONNREFUSED' })])
    assert.equal(endsImport(last), true, last.name)
  assert.equal(endsImport(fault('ThrottlingException', 429)), false)
})

test('the SDK is throttled twice and answered the third time; what is refused for good is asked once', async (t) => {
  const answers: [number, string][] = [
    [429, 'TooManyRequestsException'],
    [400, 'ThrottlingException'],
    [200, ''],
    [403, 'AccessDeniedException'],
  ]
  const server = createServer((_request, response) => {
    const [status, type] = answers.shift() ?? [500, 'Surplus']
    response.writeHead(status, { 'content-type': 'application/json', ...(type ? { 'x-amzn-errortype': type } : {}) }).end('{}')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const clock = jumpingClock()
  const client = pacedClient(
    {
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'x' },
    },
    { callsPerSecond: 1, clock, random: systemRandom, signal: new AbortController().signal },
  )
  t.after(() => {
    client.destroy()
    server.closeAllConnections()
    server.close()
  })
  const start = clock.now()
  await client.send(new GetAccountCommand({}))
  assert.ok(clock.now() - start >= 2_000, 'a second between calls at least')
  await assert.rejects(client.send(new GetAccountCommand({})), { name: 'AccessDeniedException' })
  assert.deepEqual(answers, [])
})
