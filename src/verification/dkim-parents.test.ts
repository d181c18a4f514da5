// Answers that a parent may give, and those that only look like one.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { generateKeyPairSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { sealForReceiver } from '../kit/transport-seal.ts'
import { dkimReplicaContext } from '../model/own-wire.ts'
import { createDkimParents } from './dkim-parents.ts'

const region = 'eu-west-1'
const token = (letter: string) => letter.repeat(32)
const pem = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

test('what is no answer of a parent counts as none, and a silent one is left alone for a minute', async (t) => {
  let now = 1_000_000_000
  let asked = 0
  let reply: (publicKey: string, response: ServerResponse) => void = () => {}
  const server = createServer((request, response) => {
    asked += 1
    reply(new URL(request.url ?? '', 'http://h').searchParams.get('PublicKey') ?? '', response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const parents = createDkimParents({
    parents: new Map([[region, { endpoint, accessKeyId: 'AKIAEXAMPLEEXAMPLE12', secretAccessKey: 'secret' }]]),
    region: 'us-east-1',
    hostname: 'replica.test',
    clock: { now: () => now, after: () => ({ cancel() {} }) },
  })
  const says = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    reply = (_key, response) => void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const answer = { Tokens: [token('a'), token('b'), token('c')], SigningHostedZone: 'dkim.parent.test', NextSigningKeyLength: 'RSA_2048_BIT' }
  const hands = (clear: string, context = dkimReplicaContext({ name: 'acme.test', region: 'us-east-1', host: 'replica.test' })) => {
    reply = (publicKey, response) =>
      void response.end(JSON.stringify({ ...answer, LastKeyGenerationTimestamp: null, SealedPrivateKey: sealForReceiver(publicKey, clear, context) }))
  }
  const ask = () => parents.ask(region, 'acme.test')

  hands(pem(2_048))
  const good = await ask()
  assert.ok(good && typeof good !== 'string' && good.key?.asymmetricKeyType === 'rsa')
  assert.deepEqual([good.tokens, good.zone], [answer.Tokens, 'dkim.parent.test'])
  hands(pem(2_048), 'another question')
  assert.equal(await ask(), undefined, 'sealed for another question')
  hands(pem(512))
  assert.equal(await ask(), undefined, 'a key that is too small')
  const none = { LastKeyGenerationTimestamp: null, SealedPrivateKey: null }
  says(200, { ...answer, ...none })
  assert.equal(((await ask()) as { key?: unknown }).key, undefined, 'the parent has no key yet')
  for (const wrong of ['not JSON', {}, { ...answer, ...none, Tokens: ['x'] }, { ...answer, ...none, SigningHostedZone: 'no zone' }, 'x'.repeat(20_000)]) {
    says(200, wrong)
    assert.equal(await ask(), undefined, JSON.stringify(wrong).slice(0, 40))
    now += 60_000 // Too long an answer is one that did not come.
  }

  says(404, { message: 'REPLICATION_PRIMARY_NOT_FOUND: Email identity acme.test does not exist.' })
  assert.equal(await ask(), 'REPLICATION_PRIMARY_NOT_FOUND')
  says(403, '<h1>Forbidden</h1>')
  assert.equal(await ask(), undefined, 'the word of a proxy')
  says(403, {}, { 'x-amzn-errortype': 'AccessDeniedException' })
  assert.equal(await ask(), 'REPLICATION_ACCESS_DENIED')
  says(500, 'REPLICATION_PRIMARY_NOT_FOUND')
  assert.equal(await ask(), undefined)
  assert.equal(await parents.ask('ap-south-1', 'acme.test'), 'REPLICATION_PRIMARY_INVALID_REGION')

  reply = (_key, response) => void response.destroy()
  assert.equal(await ask(), undefined)
  const before = asked
  hands(pem(2_048))
  assert.equal(await ask(), undefined)
  assert.equal(await parents.release(region, 'acme.test'), false, 'it is told later')
  assert.equal(asked, before, 'left alone')
  now += 60_000
  assert.ok(await ask())
  assert.equal(await parents.release('ap-south-1', 'acme.test'), true, 'nobody to tell')
})
