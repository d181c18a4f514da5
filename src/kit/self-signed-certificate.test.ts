// The certificate is read by an independent parser and used in a handshake that trusts nothing else.
import assert from 'node:assert/strict'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { connect, createServer } from 'node:tls'
import { systemClock } from './clock.ts'
import { systemRandom } from './random.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

const parts = { clock: systemClock, random: systemRandom }

test('names, addresses, times and signature are as asked for', () => {
  const { cert, key } = selfSignedCertificate(['localhost', 'mail.example.test', '127.0.0.1', '::1', '2001:db8::ff:0:1'], parts)
  const parsed = new X509Certificate(cert)
  assert.equal(parsed.subject, 'CN=localhost')
  assert.equal(
    parsed.subjectAltName,
    'DNS:localhost, DNS:mail.example.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:FF:0:1',
  )
  assert.ok(parsed.verify(parsed.publicKey))
  assert.ok(parsed.checkPrivateKey(createPrivateKey(key)))
  assert.ok(parsed.checkIP('127.0.0.1') && parsed.checkHost('mail.example.test') && !parsed.checkHost('other.test'))
  assert.equal(parsed.validToDate.getTime() - parsed.validFromDate.getTime(), 825 * 86_400_000)
  assert.ok(parsed.validFromDate.getTime() < Date.now())
  assert.deepEqual(parsed.keyUsage, ['1.3.6.1.5.5.7.3.1'])
})

test('no two certificates share key or serial', () => {
  const [a, b] = [selfSignedCertificate(['localhost'], parts), selfSignedCertificate(['localhost'], parts)]
  assert.notEqual(new X509Certificate(a.cert).serialNumber, new X509Certificate(b.cert).serialNumber)
  assert.notEqual(a.key, b.key)
})

test('many names make long lengths, and a year behind 2049 its other form', () => {
  const hosts = Array.from({ length: 400 }, (_, index) => `host-${index}.example.test`)
  const late = { ...parts, clock: { ...systemClock, now: () => Date.UTC(2048, 0, 1) } }
  const parsed = new X509Certificate(selfSignedCertificate(hosts, late).cert)
  assert.ok(parsed.checkHost('host-399.example.test'))
  assert.equal(parsed.validToDate.getUTCFullYear(), 2050)
})

test('a client that trusts only this certificate shakes hands by name and by address', async (t) => {
  const { cert, key } = selfSignedCertificate(['localhost', '127.0.0.1'], parts)
  const server = createServer({ cert, key }, (socket) => socket.end('hello')).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const options of [{ servername: 'localhost' }, {}]) {
    const socket = connect({ host: '127.0.0.1', port, ca: cert, ...options })
    const [text] = await once(socket, 'data')
    assert.equal(String(text), 'hello')
    assert.ok(socket.authorized)
    socket.destroy()
  }
  const stranger = connect({ host: '127.0.0.1', port, servername: 'other.test', ca: cert })
  const [fault] = await once(stranger, 'error')
  assert.equal(fault.code, 'ERR_TLS_CERT_ALTNAME_INVALID')
})
