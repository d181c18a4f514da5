// The verifiers of the harness accept a good signature and refuse a changed message, a changed field and a missing key.
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { startDnsServer } from '../../src/kit/dns-server.ts'
import { silentLog } from '../../src/kit/log.ts'
import { verifyDkim, verifyDkimByPython } from './verify-dkim.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const letter = 'From: me@good.test\r\nTo: ann@far.test\r\nSubject: Hello\r\n\r\nText\r\n'

test('two verifiers agree about good and bad signatures', async (t) => {
  const dns = await startDnsServer({
    host: '127.0.0.1',
    port: 0,
    log: silentLog,
    ttlSeconds: 5,
    answer: ({ name }) =>
      name === 'sel._domainkey.good.test'
        ? { code: 'NOERROR', records: [{ name, type: 'TXT', data: `v=DKIM1; p=${publicKey.toString('base64')}` }] }
        : { code: 'NXDOMAIN' },
  })
  t.after(() => dns.close())
  const how = { algorithm: 'rsa-sha256', canonicalization: 'relaxed/relaxed' } as const
  const sign = async (domain: string) =>
    (
      await dkimSign(letter, {
        ...how,
        signingDomain: domain,
        selector: 'sel',
        privateKey,
        signatureData: [{ ...how, signingDomain: domain, selector: 'sel', privateKey }],
      })
    ).signatures
  const signatures = (await sign('good.test')) + (await sign('nokey.test'))
  const verdicts = async (message: string) => {
    const ours = (await verifyDkim(Buffer.from(message), dns.address)).map(({ domain, pass }) => `${domain} ${pass}`)
    const theirs = (await verifyDkimByPython(Buffer.from(message), dns.address))?.map(({ domain, pass }) => `${domain} ${pass}`)
    if (theirs) assert.deepEqual(theirs, ours)
    return ours
  }
  assert.deepEqual(await verdicts(signatures + letter), ['good.test true', 'nokey.test false'])
  assert.deepEqual(await verdicts(signatures + letter.replace('Text', 'Tex')), ['good.test false', 'nokey.test false'])
  assert.deepEqual(await verdicts(signatures + letter.replace('Hello', 'Help')), ['good.test false', 'nokey.test false'])
  assert.deepEqual(await verdicts(letter), [])
})
