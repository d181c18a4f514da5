// The guard judges what a name resolves to, and connects to exactly that.
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { systemClock } from './clock.ts'
import { guardedRequest, TargetUnreachable } from './guarded-request.ts'
import { networkSet } from './public-address.ts'

const loopback = { has: (address: string) => networkSet(['127.0.0.0/8'])?.has(address) ?? false }
const absent = { kind: 'absent', nameExists: true } as const

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const ask = (url: string, addresses: readonly string[], { allowed = loopback, answerMsMax = 5_000, idleMsMax = 5_000 } = {}) => {
  let questions = 0
  const dns = {
    async ipv4() {
      questions++
      // A second question would get another answer: rebinding.
      return { kind: 'records', records: questions === 1 ? addresses : ['10.0.0.1'] } as const
    },
    ipv6: async () => absent,
  }
  return guardedRequest(
    { dns, clock: systemClock, allowed },
    { url: new URL(url), method: 'GET', headers: {}, answerMsMax, idleMsMax, signal: new AbortController().signal },
  )
}

test('the name is asked once, and the judged address is connected to under its own name', async (t) => {
  const port = await serve(t, (request, response) => response.end(request.headers.host))
  const answer = await ask(`http://files.test:${port}/x`, ['127.0.0.1'])
  assert.equal((await answer.toArray()).join(''), `files.test:${port}`)
})

test('one forbidden address forbids the name; a literal is judged as well; other schemes and credentials are refused', async (t) => {
  let asked = 0
  const port = await serve(t, (_request, response) => {
    asked++
    response.end()
  })
  const none = { has: () => false }
  const forbidden = (fault: unknown) => fault instanceof TargetUnreachable && fault.isForbidden
  await assert.rejects(ask(`http://files.test:${port}/`, ['127.0.0.1'], { allowed: none }), forbidden)
  await assert.rejects(ask(`http://files.test:${port}/`, ['127.0.0.1', '169.254.169.254']), forbidden)
  await assert.rejects(ask(`http://127.0.0.1:${port}/`, [], { allowed: none }), forbidden)
  await assert.rejects(ask(`http://[::ffff:127.0.0.1]:${port}/`, [], { allowed: none }), forbidden)
  await assert.rejects(ask(`http://a:b@files.test:${port}/`, ['127.0.0.1']), forbidden)
  await assert.rejects(ask('ftp://files.test/', ['127.0.0.1']), forbidden)
  await assert.rejects(ask(`http://files.test:${port}/`, []), (fault) => fault instanceof TargetUnreachable && !fault.isForbidden)
  assert.equal(asked, 0)
})

test('a server that is silent or stalls is given up', async (t) => {
  const port = await serve(t, (request, response) => {
    if (request.url === '/stall') response.write('some')
  })
  await assert.rejects(ask(`http://files.test:${port}/silent`, ['127.0.0.1'], { answerMsMax: 30 }), /did not answer in time/)
  const answer = await ask(`http://files.test:${port}/stall`, ['127.0.0.1'], { idleMsMax: 30 })
  await assert.rejects(answer.toArray(), /stopped in the middle/)
})
