// Our signatures against those of aws4, an independent signer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { signOwn } from './signed-request.ts'

interface Request {
  host: string
  path: string
  method: string
  service: string
  region: string
  headers: Record<string, string>
}
// aws4 has no types of its own.
const aws4: { sign(request: Request, credentials: object): Request } = createRequire(import.meta.url)('aws4')

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const nowMs = Date.UTC(2026, 10, 24, 12, 30, 5)

function compare(path: string, query: Record<string, string>, sessionToken?: string): void {
  const connection = { endpoint: 'http://127.0.0.1:8025', region: 'eu-west-1', ...keys, ...(sessionToken ? { sessionToken } : {}) }
  const ours = signOwn({ path, query }, connection, nowMs)
  const url = new URL(ours.url)
  const theirs = aws4.sign(
    {
      host: url.host,
      path: url.pathname + url.search,
      method: 'GET',
      service: 'ses',
      region: 'eu-west-1',
      headers: { Host: url.host, 'X-Amz-Date': '20261124T123005Z' },
    },
    sessionToken ? { ...keys, sessionToken } : keys,
  )
  assert.equal(ours.headers.authorization, theirs.headers.Authorization)
}

test('signs a path without query as aws4 does', () => compare('/bulkhead/v1/queue', {}))
test('signs an encoded path and a query as aws4 does', () => compare('/bulkhead/v1/x%2Fy', { After: 'latest', TenantName: "a b+c/ü(')*", A: '' }))
test('signs a session token as aws4 does', () => compare('/bulkhead/v1/queue', { A: '1' }, 'token=='))
test('signs any query as aws4 does', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.string({ unit: 'grapheme' }), { maxKeys: 5 }), (query) =>
      compare('/bulkhead/v1/events', query),
    ),
    { numRuns: 100 },
  )
})
