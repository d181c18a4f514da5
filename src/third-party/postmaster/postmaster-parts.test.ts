// The credential, the signed assertion and the answers of the Postmaster Tools API, as bytes alone.
import assert from 'node:assert/strict'
import { generateKeyPairSync, verify } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseObject, readToken } from '../access-token.ts'
import { type PostmasterCredential, readCredential, tokenRequest } from './credential.ts'
import { readBatch, readDomains, readStats } from './read-answers.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const account = {
  type: 'service_account',
  client_email: 'bulkhead@project.example',
  private_key: pem,
  private_key_id: 'key-1',
  token_uri: 'https://oauth2.example/token',
}
const person = { type: 'authorized_user', client_id: 'id', client_secret: 'very secret', refresh_token: 'also secret' }
const read = (given: object): PostmasterCredential => {
  const credential = readCredential(JSON.stringify(given))
  return 'fault' in credential ? assert.fail(credential.fault) : credential
}

test('a service account asks with a signed assertion for an hour and the two scopes that are needed', () => {
  const form = new URLSearchParams(tokenRequest(read(account), 1_700_000_000_999))
  assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.')
  assert.ok(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')))
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  assert.deepEqual(decode(header), { alg: 'RS256', typ: 'JWT', kid: 'key-1' })
  assert.deepEqual(decode(claims), {
    iss: 'bulkhead@project.example',
    scope: 'https://www.googleapis.com/auth/postmaster.domain https://www.googleapis.com/auth/postmaster.traffic.readonly',
    aud: 'https://oauth2.example/token',
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  })
  const delegated = new URLSearchParams(tokenRequest(read({ ...account, subject: 'admin@example.com' }), 0)).get('assertion') ?? ''
  assert.equal(decode(delegated.split('.')[1] ?? '').sub, 'admin@example.com')
})

test('a person’s refresh token is exchanged as it is', () => {
  assert.deepEqual(Object.fromEntries(new URLSearchParams(tokenRequest(read(person), 0))), {
    grant_type: 'refresh_token',
    client_id: 'id',
    client_secret: 'very secret',
    refresh_token: 'also secret',
  })
})

test('a credential that cannot be used is told without any of it', () => {
  const ecKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  for (const text of [
    'very secret',
    '"very secret"',
    'null',
    JSON.stringify({ ...account, private_key: 'very secret' }),
    JSON.stringify({ ...account, private_key: ecKey }),
    JSON.stringify({ ...account, client_email: '' }),
    JSON.stringify({ ...account, token_uri: 'http://oauth2.example/very secret' }),
    JSON.stringify({ ...account, token_uri: 'https://very:secret@oauth2.example/' }),
    JSON.stringify({ ...person, refresh_token: undefined }),
    JSON.stringify({ ...person, type: 'very secret' }),
  ]) {
    const credential = readCredential(text)
    assert.ok('fault' in credential && !credential.fault.includes('very'), text)
  }
})

test('answers in their form', () => {
  assert.deepEqual(readToken({ access_token: 'abc', expires_in: 3_599 }), { token: 'abc', seconds: 3_599, refreshToken: undefined })
  for (const answer of [{}, { access_token: '' }, { access_token: 'a\r\nb' }, { access_token: 7 }]) assert.equal(readToken(answer), undefined)
  const domains = [
    { name: 'domains/mail.example.net', permission: 'OWNER', verificationState: 'VERIFIED' },
    { name: 'domains/Acme.test' },
    { name: 'domains/shut.test', permission: 'NONE' },
    { name: 'domains/new.test', verificationState: 'UNVERIFIED' },
    { name: 'domains/../tokens' },
    { name: 'acme.test' },
    7,
  ]
  assert.deepEqual(readDomains({ domains, nextPageToken: 'more' }), { domains: ['mail.example.net', 'acme.test'], next: 'more' })
  const date = { year: 2026, month: 11, day: 22 }
  const stats = [
    { metric: 'value', date, value: { floatValue: 0.001 } },
    { metric: 'value', date, value: { doubleValue: 0 } },
    { metric: 'value', date, value: { intValue: '12' } },
    { metric: 'value', date, value: { stringList: { values: ['tn-1', 7, 'x'] } } },
    { metric: 'value', date },
    { metric: 'value', date: { year: 2026, month: 2, day: 30 }, value: { floatValue: 1 } },
    { metric: 'value', value: { floatValue: 1 } },
    { date, value: { floatValue: 1 } },
  ]
  assert.deepEqual(
    readStats({ domainStats: stats }).stats.map(({ day, number, strings }) => [day, number, strings]),
    [
      ['2026-11-22', 0.001, []],
      ['2026-11-22', 0, []],
      ['2026-11-22', 12, []],
      ['2026-11-22', undefined, ['tn-1', 'x']],
      ['2026-11-22', undefined, []],
    ],
  )
  assert.deepEqual(readStats({}), { stats: [], next: undefined }, 'a domain with too little mail')
  assert.deepEqual(readBatch({ results: [{ response: {} }, { error: { code: 7 } }, {}] }), [
    { stats: [], next: undefined },
    undefined,
    { stats: [], next: undefined },
  ])
})

test('any JSON and any text are read without a fault of ours', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      readCredential(text)
      const answer = parseObject(text)
      if (answer) for (const reading of [readToken, readDomains, readStats, readBatch]) reading(answer)
      for (const reading of [readDomains, readStats, readBatch]) for (const member of ['domains', 'domainStats', 'results']) reading({ [member]: answer })
    }),
  )
})
