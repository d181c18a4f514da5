// Makes a self-signed X.509 certificate with node:crypto alone, for machines that have none yet. RFC 5280 in DER (X.690).
// Leaves to whom: trusting it is up to the client; production brings a certificate of its own.
import { generateKeyPairSync, sign } from 'node:crypto'
import { isIP } from 'node:net'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

const validDays = 825 // The longest that common clients accept (CA/Browser Forum ballot 193).
const dayMs = 86_400_000

const oid = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

/**
 * A fresh EC P-256 key and its certificate, valid 825 days from an hour ago, so that a clock that is a little late still accepts it.
 * @param hosts host names and IP addresses; the first is also the common name.
 * @returns PEM texts; the key is PKCS #8 without a passphrase.
 */
export function selfSignedCertificate(hosts: readonly string[], parts: { clock: Clock; random: Random }): { cert: string; key: string } {
  const [commonName] = hosts
  if (commonName === undefined) throw new Error('a certificate needs a host name')
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const notBefore = parts.clock.now() - 3_600_000
  const name = sequence(set(sequence(objectId(oid.commonName), tagged(0x0c, Buffer.from(commonName, 'utf8')))))
  const algorithm = sequence(objectId(oid.ecdsaWithSha256))
  const tbs = sequence(
    tagged(0xa0, integer(Buffer.of(2))), // version 3
    integer(serial(parts.random)),
    algorithm,
    name,
    sequence(time(notBefore), time(notBefore + validDays * dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions(hosts))),
  )
  const signature = sign('sha256', tbs, privateKey)
  const der = sequence(tbs, algorithm, tagged(0x03, Buffer.of(0), signature))
  return { cert: pem('CERTIFICATE', der), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function extensions(hosts: readonly string[]): Buffer[] {
  const yes = tagged(0x01, Buffer.of(0xff))
  const names = hosts.map((host) => (isIP(host) ? tagged(0x87, addressBytes(host)) : tagged(0x82, Buffer.from(host, 'latin1'))))
  return [
    sequence(objectId(oid.subjectAltName), tagged(0x04, sequence(...names))),
    // It is its own authority, so that a client may be told to trust exactly this one; it can sign no others that count (path length 0).
    sequence(objectId(oid.basicConstraints), yes, tagged(0x04, sequence(yes, integer(Buffer.of(0))))),
    sequence(objectId(oid.keyUsage), yes, tagged(0x04, tagged(0x03, Buffer.of(2, 0x84)))), // digitalSignature, keyCertSign
    sequence(objectId(oid.extendedKeyUsage), tagged(0x04, sequence(objectId(oid.serverAuth)))),
  ]
}

/** RFC 5280 §4.1.2.2: positive and at most 20 octets; ours is 16 with the first bits fixed, so it never shrinks. */
function serial(random: Random): Buffer {
  const bytes = Buffer.from(random.bytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes
}

function addressBytes(ip: string): Buffer {
  if (isIP(ip) === 4) return Buffer.from(ip.split('.').map(Number))
  // The URL parser writes the address in hexadecimal groups with at most one gap, whatever form it came in.
  const text = new URL(`http://[${ip}]`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const front = groups(head)
  const back = groups(tail ?? '')
  const all = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function tagged(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content)
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body])
  const digits = body.length.toString(16)
  const length = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex')
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, body])
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tagged(0x30, ...content)
}

function set(...content: readonly Buffer[]): Buffer {
  return tagged(0x31, ...content)
}

/** `bytes` is big-endian, minimal and below 0x80 in front. */
function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes)
}

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [40 * first + second]
  for (const arc of rest) {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    bytes.push(...digits)
  }
  return tagged(0x06, Buffer.from(bytes))
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  return text < '2050' ? tagged(0x17, Buffer.from(text.slice(2))) : tagged(0x18, Buffer.from(text))
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
