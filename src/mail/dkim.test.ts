// DKIM signatures against two verifiers that are not ours: mailauth and, where it is installed, Python's dkimpy.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { skipWithout } from '../../tests/harness/missing-tool.ts'
import { draftDkim, relaxedBodyHash, signedField, unsignedField } from './dkim.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }) // Small: many signatures in this test.
const ed25519 = generateKeyPairSync('ed25519')
const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })
const records = {
  rsa: `v=DKIM1; k=rsa; p=${spki(rsa.publicKey).toString('base64')}`,
  ed: `v=DKIM1; k=ed25519; p=${spki(ed25519.publicKey).subarray(-32).toString('base64')}`,
}

function signMessage(message: Buffer): Buffer {
  const draft = draftDkim(message)
  const first = unsignedField(draft, { domain: 'tenant.test', selector: 'rsa', algorithm: 'rsa-sha256' }, 1_790_000_000)
  const second = unsignedField(draft, { domain: 'provider.test', selector: 'ed', algorithm: 'ed25519-sha256' }, 1_790_000_000)
  const fields = signedField(first, sign('sha256', first.signedBytes, rsa.privateKey)) + signedField(second, sign(null, second.signedBytes, ed25519.privateKey))
  // As on the wire, where the last line always ends.
  return Buffer.concat([Buffer.from(fields, 'latin1'), message, Buffer.from(message.subarray(-2).toString('latin1') === '\r\n' ? '' : '\r\n')])
}

async function verdicts(message: Buffer): Promise<string[]> {
  const resolver = async (name: string) => [[name.startsWith('rsa.') ? records.rsa : records.ed]]
  const { results } = (await dkimVerify(message, { resolver, minBitLength: 1024 } as never)) as {
    results: { signingDomain: string; status: { result: string; comment?: string } }[]
  }
  return results.map(({ signingDomain, status }) => `${signingDomain} ${status.result}${status.result === 'pass' ? '' : ` ${status.comment}`}`)
}

const passes = ['provider.test pass', 'tenant.test pass']
const header =
  'From: A <a@tenant.test>\r\nTo: b@far.test\r\nSubject:  odd \t spacing\r\n  and a fold \r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@tenant.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n'
const plain = `${header}\r\nHello\r\n`
const specimens: Record<string, string> = {
  plain,
  'empty body': `${header}\r\n`,
  'only empty lines': `${header}\r\n\r\n\r\n\r\n`,
  'only blanks': `${header}\r\n  \t \r\n \r\n`,
  'empty lines at the end': `${header}\r\nHello\r\n\r\n\r\n`,
  'no line end at the end': `${header}\r\nHello`,
  'blanks at line ends and runs': `${header}\r\n a  b\t\tc \t\r\n\r\n \r\nd \r\n`,
  'lines of dots': `${header}\r\n.\r\n..\r\n.a\r\n`,
  '8-bit text': `${header}\r\ncaf\xe9 \xa0\r\n`,
  'two of a field': `Cc: x@far.test\r\n${header}Cc: y@far.test\r\nList-Unsubscribe: <mailto:u@tenant.test>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nHello\r\n`,
}

test('both signatures pass at mailauth for every odd message', async (t) => {
  for (const [name, text] of Object.entries(specimens)) {
    await t.test(name, async () => assert.deepEqual((await verdicts(signMessage(Buffer.from(text, 'latin1')))).sort(), passes))
  }
})

test('signatures pass whatever header values and bodies look like', async () => {
  const line = fc.array(fc.constantFrom('a', 'Z', ' ', '  ', '\t', '.', '=', ';', 'é', ':', '-'), { maxLength: 12 }).map((parts) => parts.join(''))
  const value = fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.map((text) => `x${text}`).join('\r\n '))
  const body = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\r\n'))
  await fc.assert(
    fc.asyncProperty(value, body, async (subject, text) => {
      const message = Buffer.from(`From: a@tenant.test\r\nSubject: ${subject}\r\nReferences:${subject}\r\n\r\n${text}`, 'latin1')
      assert.deepEqual((await verdicts(signMessage(message))).sort(), passes)
    }),
    { numRuns: 150 },
  )
})

test('a changed body, a changed subject and an added From fail', async () => {
  const signed = signMessage(Buffer.from(plain, 'latin1')).toString('latin1')
  for (const changed of [
    signed.replace('\r\n\r\nHello', '\r\n\r\nHullo'),
    signed.replace('Subject:  odd', 'Subject:  even'),
    signed.replace('To: b', 'From: evil@x.test\r\nTo: b'),
    signed.replace('To: b', 'Cc: c@x.test\r\nTo: b'),
  ]) {
    const results = await verdicts(Buffer.from(changed, 'latin1'))
    assert.ok(
      results.every((result) => !/ pass$/.test(result)),
      results.join(),
    )
  }
})

test('the body hash of a long body with many blanks equals a plain reading of RFC 6376', () => {
  const body = `${'word \t word  \r\n'.repeat(20_000)}\r\n\r\n`
  const expected = createHash('sha256').update('word word\r\n'.repeat(20_000)).digest('base64')
  assert.equal(relaxedBodyHash(Buffer.from(body), 0), expected)
})

test('the body hash is that of RFC 6376 §3.4.4 for any octets, wherever they lie in memory', () => {
  const piece = fc.constantFrom('a', 'M', '\t', ' ', '  ', ' \r\n', '\r\n', '\x89', '\xa0', '\x8d', '\x0c', '\x0e', '\x1f', '!', 'word word')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(7), (pieces, offset) => {
      const body = `${pieces.join('')}\r\n`
      const memory = Buffer.alloc(offset + body.length, 32)
      memory.write(body, offset, 'latin1')
      const relaxed = body
        .replace(/[ \t]+/g, ' ')
        .replace(/ \r\n/g, '\r\n')
        .replace(/(?:\r\n)+$/, '\r\n')
      const expected = createHash('sha256')
        .update(relaxed === '\r\n' ? '' : relaxed, 'latin1')
        .digest('base64')
      assert.equal(relaxedBodyHash(memory.subarray(offset), 0), expected, JSON.stringify([offset, body]))
    }),
    { numRuns: 3_000 },
  )
})

test('dkimpy agrees', (t) => {
  const script = `
import sys, dkim, json
cases = json.load(sys.stdin)
def dns(name, timeout=5): return cases['records']['rsa' if name.startswith(b'rsa.') else 'ed'].encode()
for m in cases['messages']:
    d = dkim.DKIM(m.encode('latin1'), minkey=1024)
    print(all(d.verify(idx=i, dnsfunc=dns) for i in range(2)))
`
  const messages = Object.values(specimens).map((text) => signMessage(Buffer.from(text, 'latin1')).toString('latin1'))
  const run = spawnSync('/usr/bin/python3', ['-c', script], { input: JSON.stringify({ records, messages }), encoding: 'utf8' })
  if (run.error || /No module named/.test(run.stderr)) return skipWithout(t, 'python3 with dkimpy is not installed')
  const answers = run.stdout.trim().split('\n')
  const names = Object.keys(specimens)
  assert.deepEqual(
    names.filter((_, index) => answers[index] !== 'True'),
    [],
    run.stderr,
  )
})
