// Signatures against two independent signers, and every way a signature can be wrong.
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { test } from 'node:test'
import { SignatureV4 } from '@smithy/signature-v4'
import aws4 from 'aws4'
import fc from 'fast-check'
import { type AccessKeyRecord, accessKeys } from '../access/access-keys.ts'
import { systemRandom } from '../kit/random.ts'
import { createSealer } from '../kit/seal.ts'
import { isRefusal } from '../model/refusal.ts'
import type { Store } from '../storage/store.ts'
import type { SignedRequest } from './signature-claim.ts'
import { createSignatureCheck } from './sigv4.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const home = { region: 'us-east-1', accountId: '111122223333' }
const now = Date.parse('2026-11-24T12:00:00Z')
const sealer = createSealer(Buffer.alloc(32, 1), systemRandom)
const record: AccessKeyRecord = {
  accessKeyId: credentials.accessKeyId,
  sealedSecret: sealer.seal(credentials.secretAccessKey),
  principalArn: 'arn:aws:iam::111122223333:root',
  principalName: 'root',
  active: true,
  createdAt: 0,
}
let stored: AccessKeyRecord | undefined = record
const store = {
  get: async (collection: object, key: string) => (collection === accessKeys && key === stored?.accessKeyId ? { key, value: stored, version: 1 } : undefined),
} as unknown as Pick<Store, 'get'>
const clock = { now: () => now, after: () => ({ cancel() {} }) }
const check = createSignatureCheck({ store, clock, home, sealer })

class Sha256 {
  readonly made
  constructor(secret?: unknown) {
    this.made = secret ? createHmac('sha256', secret as Buffer) : createHash('sha256')
  }
  update(data: unknown) {
    this.made.update(data as Buffer)
  }
  async digest() {
    return new Uint8Array(this.made.digest())
  }
  reset() {}
}

const signer = (service = 'ses', region = home.region, keys: object = credentials) =>
  new SignatureV4({ service, region, credentials: keys as typeof credentials, sha256: Sha256 as never, applyChecksum: false })

const lower = (headers: object) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))

async function judged(request: SignedRequest, body: Buffer): Promise<string> {
  const claim = check.claim(request)
  if (isRefusal(claim)) return `${claim.row.exception}: ${claim.message}`
  const principal = await check.verify(request, claim, body)
  return isRefusal(principal) ? `${principal.row.exception}: ${principal.message}` : principal.arn
}

interface Plain {
  method?: string
  path?: string
  query?: Record<string, string | string[]>
  headers?: Record<string, string>
  body?: string
}

// Signs with the SDK's own signer and spells the request as it goes over the wire.
async function signed(plain: Plain = {}, { at = now, by = signer() } = {}): Promise<{ request: SignedRequest; body: Buffer }> {
  const { method = 'POST', path = '/v2/email/tenants', query = {}, headers = {}, body = '{"TenantName":"acme"}' } = plain
  const made = await by.sign(
    {
      method,
      protocol: 'http:',
      hostname: 'localhost',
      path,
      query,
      headers: { host: 'localhost:8025', 'content-type': 'application/json', ...headers },
      body,
    },
    { signingDate: new Date(at) },
  )
  const pairs = Object.entries(query).flatMap(([name, values]) => [values].flat().map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
  return { request: { method, url: pairs.length > 0 ? `${path}?${pairs.join('&')}` : path, headers: lower(made.headers) }, body: Buffer.from(body) }
}

test('a request signed by the SDK is its holder’s', async () => {
  const { request, body } = await signed()
  assert.equal(await judged(request, body), record.principalArn)
})

test('any path, query and header that the SDK signs is accepted, and any other body is not', async () => {
  const segment = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => text !== '.' && text !== '..')
  const headerText = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/)
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 4 }),
      fc.boolean(),
      fc.dictionary(segment, fc.oneof(segment, fc.array(segment, { minLength: 1, maxLength: 3 })), { maxKeys: 4 }),
      fc.dictionary(fc.stringMatching(/^x-test-[a-z0-9]{1,8}$/), headerText, { maxKeys: 4 }),
      fc.string({ unit: 'grapheme' }),
      async (segments, slash, query, headers, text) => {
        // The SDK's own escaping of labels; a query name of the signature would be left out by both sides.
        fc.pre(!('X-Amz-Signature' in query) && !('__proto__' in query))
        const path = `/${segments.map((part) => encodeURIComponent(part)).join('/')}${slash && segments.length > 0 ? '/' : ''}`
        const { request, body } = await signed({ path, query, headers, body: text })
        assert.equal(await judged(request, body), record.principalArn, request.url)
        assert.match(await judged(request, Buffer.from(`${text}x`)), /^InvalidSignatureException: The request signature we calculated/)
      },
    ),
    { numRuns: 300 },
  )
})

test('aws4 agrees, with raw, encoded and doubled slashes and dot segments', async () => {
  const paths = [
    '/v2/email/reputation/entities/RESOURCE/arn%3Aaws%3Ases%3Aus-east-1%3A1%3Atenant%2Fa%2Ftn-1/policy',
    '/v2/email/reputation/entities/RESOURCE/arn:aws:ses:us-east-1:1:tenant/a/tn-1',
    "/a b/!'()*~-._/%C3%A9/%2f",
    '/a//b/./c/../d/',
    '/',
    '/list?b=2&b=1&a=x%20y&c=&d=a+b&e=%2B&f',
  ]
  for (const path of paths) {
    const made = aws4.sign(
      {
        service: 'ses',
        region: home.region,
        host: 'localhost:8025',
        method: 'POST',
        path,
        body: '{}',
        headers: { 'content-type': 'application/json', 'X-Amz-Date': '20261124T120000Z', 'X-Test': ' a   b ' },
      },
      credentials,
    )
    assert.equal(await judged({ method: 'POST', url: String(made.path), headers: lower(made.headers ?? {}) }, Buffer.from('{}')), record.principalArn, path)
  }
})

test('any query that aws4 signs is accepted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.webQueryParameters(), fc.webPath(), async (query, webPath) => {
      const path = `${webPath.startsWith('/') ? webPath : `/${webPath}`}?${query}`
      fc.pre(!/X-Amz|(^|[?&])=|\/\.\.?(\/|\?)|__proto__/.test(path))
      const made = aws4.sign(
        { service: 'ses', region: home.region, host: 'h', method: 'GET', path, headers: { 'X-Amz-Date': '20261124T120000Z' } },
        credentials,
      )
      // aws4 rewrites the path it sends; what it sends is what it signed.
      assert.equal(await judged({ method: 'GET', url: String(made.path), headers: lower(made.headers ?? {}) }, Buffer.alloc(0)), record.principalArn, path)
    }),
    { numRuns: 300 },
  )
})

test('a change of method, path, query, signed header, date or key breaks the signature', async () => {
  const { request, body } = await signed({ query: { a: '1' } })
  const broken = (change: Partial<SignedRequest>) => judged({ ...request, ...change }, body)
  const headers = request.headers
  for (const change of [
    { method: 'PUT' },
    { url: '/v2/email/tenants/delete?a=1' },
    { url: '/v2/email/tenants?a=2' },
    { url: '/v2/email/tenants?a=1&b=2' },
    { headers: { ...headers, host: 'other' } },
    { headers: { ...headers, 'content-type': 'text/plain' } },
    { headers: { ...headers, 'x-amz-date': '20261124T120001Z' } },
  ])
    assert.match(await broken(change), /^InvalidSignatureException: The request signature we calculated/, JSON.stringify(change))
  const wrongSecret = await signed({}, { by: signer('ses', home.region, { ...credentials, secretAccessKey: 'other' }) })
  assert.match(await judged(wrongSecret.request, wrongSecret.body), /^InvalidSignatureException: The request/)
})

test('unknown and inactive keys are not recognised, at once and also after they worked', async () => {
  const unknown = await signed({}, { by: signer('ses', home.region, { ...credentials, accessKeyId: 'AKIDNOBODY' }) })
  assert.equal(await judged(unknown.request, unknown.body), 'UnrecognizedClientException: The security token included in the request is invalid.')
  const { request, body } = await signed()
  assert.equal(await judged(request, body), record.principalArn)
  stored = { ...record, active: false }
  assert.match(await judged(request, body), /^UnrecognizedClientException/)
  stored = { ...record, sealedSecret: sealer.seal('another secret') }
  assert.match(await judged(request, body), /^InvalidSignatureException/, 'the derived key of the old secret is not used')
  stored = undefined
  assert.match(await judged(request, body), /^UnrecognizedClientException/)
  stored = record
})

test('clock difference: five minutes to either side', async () => {
  for (const [minutes, wanted] of [
    [-5, record.principalArn],
    [5, record.principalArn],
    [-5.1, 'InvalidSignatureException: Signature expired: 20261124T115454Z is now earlier than 20261124T115500Z (20261124T120000Z - 5 min.)'],
    [5.1, 'InvalidSignatureException: Signature not yet current: 20261124T120506Z is still later than 20261124T120500Z (20261124T120000Z + 5 min.)'],
  ] as const) {
    const { request, body } = await signed({}, { at: now + minutes * 60_000 })
    assert.equal(await judged(request, body), wanted)
  }
})

test('the scope must be this region, a known service and the day of the date', async () => {
  const by = async (of: ReturnType<typeof signer>) => {
    const { request, body } = await signed({}, { by: of })
    return judged(request, body)
  }
  assert.match(await by(signer('ses', 'eu-west-1')), /^InvalidSignatureException: Credential should be scoped to a valid region/)
  assert.match(await by(signer('s3')), /^InvalidSignatureException: Credential should be scoped to correct service: 'ses'/)
  const { request, body } = await signed()
  const authorization = String(request.headers.authorization)
  const altered = (from: string | RegExp, to: string) =>
    judged({ ...request, headers: { ...request.headers, authorization: authorization.replace(from, to) } }, body)
  assert.match(await altered('/20261124/', '/20261123/'), /^InvalidSignatureException: Date in Credential scope does not match/)
  assert.match(await altered('aws4_request', 'aws5_request'), /valid terminator/)
  assert.match(await altered('host;', ''), /^InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader'/)
  assert.match(await altered('content-type;host', 'host;content-type'), /sorted/)
  assert.match(await altered('content-type;host', 'host;host'), /sorted/)
  assert.match(await altered(/Signature=\w+/, 'Signature=00'), /64 lower-case/)
  assert.match(await altered(/Signature=\w+/, `Signature=${'0'.repeat(64)}`), /The request signature we calculated/)
  assert.match(await altered(/, Signature=\w+/, ''), /^IncompleteSignature: Authorization header requires 'Signature' parameter\.$/)
  assert.match(await altered(/Credential=[^,]+/, 'Credential=AKID'), /^IncompleteSignature: Credential must have exactly 5/)
  assert.match(await altered('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'), /^IncompleteSignature: Unsupported AWS 'algorithm'.*4A/)
  assert.match(await altered(/.*/, 'Basic dXNlcjpwYXNz'), /^IncompleteSignature: Unsupported/)
  assert.match(await altered(/.*/, ''), /^IncompleteSignature/)
})

test('no signature at all, session tokens, payload hashes and repeated fields', async () => {
  assert.equal(
    await judged({ method: 'GET', url: '/v2/email/account', headers: { host: 'h' } }, Buffer.alloc(0)),
    'MissingAuthenticationTokenException: Missing Authentication Token',
  )
  const session = await signed({}, { by: signer('ses', home.region, { ...credentials, sessionToken: 'token' }) })
  assert.match(await judged(session.request, session.body), /^UnrecognizedClientException: Temporary credentials/)
  const { request, body } = await signed()
  const withHeader = (name: string, value: string | string[]) => judged({ ...request, headers: { ...request.headers, [name]: value } }, body)
  assert.equal(await withHeader('x-amz-content-sha256', createHash('sha256').update(body).digest('hex')), record.principalArn)
  assert.match(await withHeader('x-amz-content-sha256', '0'.repeat(64)), /x-amz-content-sha256' header does not match/)
  assert.match(await withHeader('x-amz-content-sha256', 'UNSIGNED-PAYLOAD'), /'UNSIGNED-PAYLOAD' is not offered/)
  assert.match(await withHeader('host', ['localhost:8025', 'evil']), /^IncompleteSignature: The 'host' header occurs more than once/)
  const several = await signed({ headers: { 'x-test-a': 'one,two' } })
  assert.equal(await judged({ ...several.request, headers: { ...several.request.headers, 'x-test-a': ['one', 'two'] } }, several.body), record.principalArn)
})

test('a presigned query is accepted until it expires', async () => {
  const presigned = async (expiresIn: number, at = now) => {
    const made = await signer().presign(
      { method: 'GET', protocol: 'http:', hostname: 'localhost', path: '/v2/email/templates', query: { PageSize: '5' }, headers: { host: 'localhost' } },
      { signingDate: new Date(at), expiresIn },
    )
    const query = Object.entries(made.query ?? {}).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    return { method: 'GET', url: `${made.path}?${query.join('&')}`, headers: { host: 'localhost' } }
  }
  const empty = Buffer.alloc(0)
  assert.equal(await judged(await presigned(60), empty), record.principalArn)
  assert.equal(await judged(await presigned(3_600, now - 3_599_000), empty), record.principalArn)
  assert.match(await judged(await presigned(60, now - 61_000), empty), /^InvalidSignatureException: Signature expired/)
  assert.match(await judged(await presigned(60, now + 301_000), empty), /not yet current/)
  const good = await presigned(60)
  assert.match(await judged({ ...good, url: good.url.replace('PageSize=5', 'PageSize=6') }, empty), /The request signature we calculated/)
  assert.match(await judged({ ...good, url: good.url.replace(/X-Amz-Expires=60/, 'X-Amz-Expires=604801') }, empty), /^IncompleteSignature: X-Amz-Expires/)
  assert.match(await judged({ ...good, url: `${good.url}&X-Amz-Date=20261124T120000Z` }, empty), /occurs more than once/)
  assert.match(await judged({ ...good, url: good.url.replace(/&?X-Amz-Credential=[^&]+/, '') }, empty), /must include 'X-Amz-Credential'/)
  assert.match(await judged(good, Buffer.from('a body that was not signed')), /The request signature we calculated/)
})

test('no request makes the check throw', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(text, text, fc.dictionary(fc.constantFrom('authorization', 'x-amz-date', 'date', 'host'), text), async (path, query, headers) => {
      assert.match(await judged({ method: 'GET', url: `/${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&${query}`, headers }, Buffer.alloc(0)), /^\w+: /)
    }),
    { numRuns: 1_000 },
  )
})
