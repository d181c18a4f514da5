// Our own DNS client against servers that cut, forge, fail and keep silent.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { decode, encode } from 'dns-packet'
import { systemClock } from './clock.ts'
import { type DnsReply, startDnsServer } from './dns-server.ts'
import { silentLog } from './log.ts'
import { systemRandom } from './random.ts'
import { openValidatingDns } from './validating-dns.ts'

const parts = { clock: systemClock, random: systemRandom }

test('answers of every kind, over TCP when UDP is too small, and nothing is secure that the server does not call so', async (t) => {
  const long = Array.from({ length: 40 }, (_, n) => ({ name: 'long.test', type: 'TXT', data: `${n} ${'x'.repeat(100)}` }) as const)
  const zone: Record<string, DnsReply> = {
    'TXT long.test': { code: 'NOERROR', records: long },
    'MX far.test': { code: 'NOERROR', records: [{ name: 'far.test', type: 'MX', preference: 10, exchange: 'MX.far.test' }] },
    'MX null.test': { code: 'NOERROR', records: [{ name: 'null.test', type: 'MX', preference: 0, exchange: '' }] },
    'A alias.test': {
      code: 'NOERROR',
      records: [
        { name: 'alias.test', type: 'CNAME', data: 'real.test' },
        { name: 'real.test', type: 'A', data: '192.0.2.1' },
        { name: 'stranger.test', type: 'A', data: '192.0.2.66' },
      ],
    },
    'A empty.test': { code: 'NOERROR', records: [] },
    'A broken.test': { code: 'SERVFAIL' },
  }
  const server = await startDnsServer({
    ...{ host: '127.0.0.1', port: 0, log: silentLog, ttlSeconds: 0 },
    answer: ({ name, type }) => zone[`${type} ${name}`] ?? { code: 'NXDOMAIN' },
  })
  t.after(() => server.close())
  const dns = openValidatingDns([server.address], parts)
  const text = await dns.txt('long.test')
  assert.equal(text.kind === 'records' && text.records.length, 40)
  assert.deepEqual(await dns.mx('far.test'), { kind: 'records', records: [{ exchange: 'mx.far.test', preference: 10 }], secure: false })
  assert.deepEqual(await dns.mx('null.test'), { kind: 'records', records: [{ exchange: '', preference: 0 }], secure: false })
  assert.deepEqual(await dns.ipv4('alias.test'), { kind: 'records', records: ['192.0.2.1'], secure: false, canonical: 'real.test' })
  assert.deepEqual(await dns.ipv4('empty.test'), { kind: 'absent', nameExists: true, secure: false })
  assert.deepEqual(await dns.ipv4('gone.test'), { kind: 'absent', nameExists: false, secure: false })
  assert.deepEqual(await dns.ipv4('broken.test'), { kind: 'failed', code: 'ESERVFAIL' })
  assert.deepEqual(await dns.ipv4(`${'a'.repeat(64)}.test`), { kind: 'absent', nameExists: false })
  const both = openValidatingDns(['127.0.0.1:9', server.address], parts)
  assert.equal((await both.mx('far.test')).kind, 'records', 'a server that is not there is passed over')
  const many = await Promise.all(Array.from({ length: 600 }, () => dns.mx('far.test')))
  assert.ok(many.every(({ kind }) => kind === 'records'))
})

test('an answer with another id, another question or none of our bits is waited past', async (t) => {
  const server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => new Promise<void>((done) => server.close(() => done())))
  const ids = new Set<number>()
  server.on('message', (bytes, { port, address }) => {
    const { id = 0, questions = [] } = decode(bytes)
    ids.add(id)
    const reply = (more: object, data: string) => encode({ type: 'response', id, questions, answers: [{ name: 'far.test', type: 'A', ttl: 0, data }], ...more })
    const forged = [
      reply({ id: (id + 1) & 0xffff }, '192.0.2.66'),
      reply({ questions: [{ name: 'other.test', type: 'A', class: 'IN' }] }, '192.0.2.66'),
      bytes,
      Buffer.from('nonsense'),
      reply({ flags: 0x20 }, '192.0.2.1'),
    ]
    for (const packet of forged) server.send(packet, port, address)
  })
  const dns = openValidatingDns([`127.0.0.1:${server.address().port}`], parts)
  for (let n = 0; n < 20; n++) assert.deepEqual(await dns.ipv4('far.test'), { kind: 'records', records: ['192.0.2.1'], secure: true })
  assert.ok(ids.size > 15, 'ids are random')
})

test('silence ends after the tries, by the clock', async (t) => {
  const server = createSocket('udp4')
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => new Promise<void>((done) => server.close(() => done())))
  let asked = 0
  const due: (() => void)[] = []
  const clock = { now: () => 0, after: (_: number, fire: () => void) => ({ cancel: () => {}, ...{ at: due.push(fire) } }) }
  server.on('message', () => {
    asked++
    due.at(-1)?.()
  })
  assert.deepEqual(await openValidatingDns([`127.0.0.1:${server.address().port}`], { clock, random: systemRandom }).ipv4('far.test'), {
    kind: 'failed',
    code: 'ETIMEOUT',
  })
  assert.equal(asked, 2)
})
