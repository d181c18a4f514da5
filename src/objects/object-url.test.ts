// Only URLs that name one object are taken, and a file URL has no way out of its folder.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseObjectUrl } from './object-url.ts'

test('the forms of object URLs', () => {
  assert.deepEqual(parseObjectUrl('file:///a/b%20c.csv'), { kind: 'file', segments: ['a', 'b c.csv'] })
  assert.deepEqual(parseObjectUrl('file://imports/list.csv'), { kind: 'file', segments: ['list.csv'] })
  assert.deepEqual(parseObjectUrl('s3://bucket/a/b.csv'), { kind: 's3', bucket: 'bucket', key: 'a/b.csv' })
  assert.equal(parseObjectUrl('https://files.test/x?X-Amz-Signature=1')?.kind, 'http')
})

test('a long text is judged in no time', () => {
  const begun = performance.now()
  for (let time = 0; time < 20; time++) assert.equal(parseObjectUrl(`s3://bucket/${'a'.repeat(8_100)}//`), undefined)
  assert.ok(performance.now() - begun < 200, 'it grows with the square of the length')
})

test('anything else is no object', () => {
  const wrong = ['', 'list.csv', '/etc/passwd', 'ftp://x/y', 's3://bucket', 's3://bucket/', 's3:///key', 's3://b_cket/key', 'https://', 'data:text/plain,x']
  const out = ['..', '%2e%2e', '.hidden', 'a/../b', 'a/%2e%2e/b', 'a%2f..%2fb', 'a\\b', 'a//b', '%00', '%zz', '']
  for (const url of [...wrong, ...out.flatMap((path) => [`file:///${path}`, `file://imports/${path}`]), 'file://elsewhere/x', 'file:/x', 'file:////etc/passwd'])
    assert.equal(parseObjectUrl(url), undefined, url)
})
