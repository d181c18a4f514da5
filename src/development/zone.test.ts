// The DNS server as node's resolver and raw sockets see it, and the development zone behind it.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { decode, encode } from 'dns-packet'
import { silentLog } from '../kit/log.ts'
import { type DnsQuestion, type DnsReply, startDnsServer } from '../kit/dns-server.ts'
import { developmentZone, type PublishedRecord } from './zone.ts'

async function start(t: TestContext, answer: (question: DnsQuestion) => DnsReply | Promise<DnsReply>) {
  const server = await startDnsServer({ host: '127.0.0.1', port: 0, log: silentLog, ttlSeconds: 5, answer })
  t.after(() => server.close())
  const resolver = new Resolver({ timeout: 1_000, tries: 1 })
  resolver.setServers([server.address])
  return { server, resolver, port: Number(server.address.split(':')[1]) }
}

/** One packet over UDP; undefined when no answer comes within `waitMs`. */
function ask(port: number, bytes: Buffer, waitMs = 1_000): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const finish = (answer: Buffer | undefined) => {
      clearTimeout(timer)
      socket.close()
      resolve(answer)
    }
    const timer = setTimeout(() => finish(undefined), waitMs)
    socket.on('message', finish)
    socket.send(bytes, port, '127.0.0.1')
  })
}
const mx = async (resolver: Resolver, name: string) => (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${exchange}`)
const question = (name: string, type: 'TXT' | 'A' = 'TXT', more: Partial<Parameters<typeof encode>[0]> = {}) =>
  encode({ type: 'query', id: 7, flags: 0x100, questions: [{ name, type }], ...more })
const code = (bytes: Buffer | undefined) => (bytes ? bytes.readUInt16BE(2) & 0x0f : undefined)

test('records of every kind reach a resolver', async (t) => {
  const { resolver, server } = await start(t, ({ name, type }) => {
    assert.equal(name, name.toLowerCase())
    if (type === 'MX') return { code: 'NOERROR', records: [{ name, type, preference: 5, exchange: 'mx.a.test' }] }
    if (type === 'A') return { code: 'NOERROR', records: [{ name, type, data: '127.0.0.3' }] }
    if (type === 'TXT') return { code: 'NOERROR', records: [{ name, type, data: `v=1; ${'p'.repeat(700)}` }] }
    return { code: 'NOERROR', records: [] }
  })
  assert.deepEqual(await mx(resolver, 'A.test'), ['5 mx.a.test'])
  assert.deepEqual(await resolver.resolve4('A.test'), ['127.0.0.3'])
  const [strings = []] = await resolver.resolveTxt('a.test')
  assert.deepEqual([strings.length, strings.join('')], [3, `v=1; ${'p'.repeat(700)}`])
  await assert.rejects(resolver.resolve6('a.test'), { code: 'ENODATA' })
  assert.equal(server.questions(), 5, 'the long text was asked for once more over TCP')
})

test('an answer too large for UDP is cut, and comes whole over TCP', async (t) => {
  const { resolver, port } = await start(t, ({ name }) => ({
    code: 'NOERROR',
    records: Array.from({ length: 20 }, (_, index) => ({ name, type: 'TXT', data: `${index} ${'x'.repeat(200)}` })),
  }))
  const answer = await ask(port, question('big.test'))
  assert.ok(answer && answer.length <= 512 && (answer.readUInt16BE(2) & 0x200) !== 0, 'TC is set')
  const roomy = await ask(
    port,
    question('big.test', 'TXT', {
      additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] }],
    }),
  )
  assert.ok(roomy && (roomy.readUInt16BE(2) & 0x200) !== 0)
  assert.equal(decode(roomy).additionals?.[0]?.type, 'OPT', 'EDNS is answered with EDNS')
  assert.equal((await resolver.resolveTxt('big.test')).length, 20)
})

test('questions over one TCP connection are answered even in pieces', async (t) => {
  const { port } = await start(t, ({ name }) => ({ code: 'NOERROR', records: [{ name, type: 'A', data: '127.0.0.9' }] }))
  const framed = (name: string) => {
    const bytes = question(name, 'A')
    return Buffer.concat([Buffer.of(0, bytes.length), bytes])
  }
  const wire = Buffer.concat([framed('a.test'), framed('b.test')])
  const heard = await new Promise<Buffer>((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(wire.subarray(0, 1))
      setImmediate(() => socket.write(wire.subarray(1, 20), () => socket.write(wire.subarray(20))))
    })
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      if (bytes.length >= 2 * (2 + 12 + 12 + 22)) socket.destroy()
    })
    socket.on('close', () => resolve(bytes))
  })
  const first = heard.readUInt16BE(0)
  assert.equal(decode(heard.subarray(2, 2 + first)).questions?.[0]?.name, 'a.test')
  assert.equal(decode(heard.subarray(2 + first + 2)).questions?.[0]?.name, 'b.test')
})

test('malformed packets are refused or ignored, and the server lives', async (t) => {
  const { port, resolver } = await start(t, () => ({ code: 'NOERROR', records: [] }))
  assert.equal(await ask(port, Buffer.from('short'), 50), undefined)
  assert.equal(await ask(port, encode({ type: 'response', id: 1, questions: [{ name: 'a.test', type: 'A' }] }), 50), undefined)
  const many = Buffer.from(question('a.test'))
  many.writeUInt16BE(0xffff, 4)
  assert.equal(code(await ask(port, many)), 1)
  const loop = Buffer.concat([question('a.test').subarray(0, 12), Buffer.of(0xc0, 0x0c, 0, 1, 0, 1)])
  assert.equal(code(await ask(port, loop)), 1)
  assert.equal(code(await ask(port, question('caf\u00e9.test'))), 1)
  const notify = Buffer.from(question('a.test'))
  notify.writeUInt8(0x20, 2)
  assert.equal(code(await ask(port, notify)), 4)
  for (let round = 0; round < 50; round += 1) {
    const noise = Buffer.from(Array.from({ length: 12 + round }, (_, index) => (index * 37 + round * 101) % 256))
    noise.writeUInt8(noise.readUInt8(2) & 0x07, 2)
    await ask(port, noise, 5)
  }
  await assert.rejects(resolver.resolve4('still.test'), { code: 'ENODATA' })
})

test('a fault in the answer is SERVFAIL', async (t) => {
  const { resolver } = await start(t, () => Promise.reject(new Error('store away')))
  await assert.rejects(resolver.resolveMx('a.test'), { code: 'ESERVFAIL' })
})

const published: Record<string, PublishedRecord[]> = {
  'shop.test': [
    { name: 'tok1._domainkey.shop.test', type: 'CNAME', value: 'tok1.dkim.localhost' },
    { name: 'bounce.shop.test', type: 'MX', value: '10 feedback.localhost' },
    { name: 'bounce.shop.test', type: 'TXT', value: 'v=spf1 include:spf.localhost ~all' },
    { name: '_dmarc.shop.test', type: 'TXT', value: 'v=DMARC1; p=reject' },
  ],
}
const keys: Record<string, string> = { 'tok1.dkim.localhost': 'v=DKIM1; p=KEY', 'bh1._domainkey.localhost': 'v=DKIM1; p=OURS' }

test('the development zone publishes for every identity, takes mail for every domain, and fails where asked', async (t) => {
  const zone = developmentZone({
    expectedRecords: async (name) => published[name] ?? [],
    ownRecord: async (name) => keys[name],
    hostname: 'localhost',
  })
  const { resolver } = await start(t, zone)
  assert.deepEqual(await resolver.resolveCname('tok1._domainkey.shop.test'), ['tok1.dkim.localhost'])
  assert.deepEqual(await resolver.resolveTxt('tok1._domainkey.shop.test'), [['v=DKIM1; p=KEY']])
  assert.deepEqual(await resolver.resolveTxt('bh1._domainkey.localhost'), [['v=DKIM1; p=OURS']])
  assert.deepEqual(await mx(resolver, 'bounce.shop.test'), ['10 feedback.localhost'])
  assert.deepEqual(await resolver.resolveTxt('bounce.shop.test'), [['v=spf1 include:spf.localhost ~all']])
  assert.deepEqual(await resolver.resolveTxt('_dmarc.shop.test'), [['v=DMARC1; p=reject']])
  assert.deepEqual(await resolver.resolveTxt('_dmarc.anyone.test'), [['v=DMARC1; p=none']])
  assert.deepEqual(await mx(resolver, 'anyone.test'), ['10 mx.anyone.test'])
  assert.deepEqual(await resolver.resolve4('mx.anyone.test'), ['127.0.0.1'])
  assert.deepEqual(await resolver.resolveTxt('localhost'), [['v=spf1 ip4:127.0.0.1 ~all']])
  await assert.rejects(resolver.resolveTxt('tok9.dkim.localhost'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveTxt('tok2._domainkey.shop.test'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveMx('mail.nxdomain.test'), { code: 'ENOTFOUND' })
  await assert.rejects(resolver.resolveMx('servfail.test'), { code: 'ESERVFAIL' })
  assert.deepEqual(await mx(resolver, 'nullmx.test'), ['0 '])
  await assert.rejects(resolver.resolveMx('nomx.test'), { code: 'ENODATA' })
  assert.deepEqual(await resolver.resolve4('nomx.test'), ['127.0.0.1'])
})
