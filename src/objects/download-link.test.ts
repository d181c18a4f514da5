// A download token names one result for a time, and only as we made it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDownload, sealDownload } from './download-link.ts'

const key = Buffer.alloc(32, 1)

test('a token opens until its time is over, and not under another key', () => {
  const token = sealDownload(key, 'export-1.csv', 1_000)
  assert.equal(openDownload(key, token, 999), 'export-1.csv')
  assert.equal(openDownload(key, token, 1_000), undefined)
  assert.equal(openDownload(Buffer.alloc(32, 2), token, 0), undefined)
})

test('no altered token opens', () => {
  const token = sealDownload(key, 'export-1.csv', 1_000)
  const bytes = Buffer.from(token, 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 1
    assert.equal(openDownload(key, altered.toString('base64url'), 0), undefined, `byte ${at}`)
  }
  for (const text of ['', 'x', `${token}=`, `${token}A`, ` ${token}`, 'A'.repeat(1_000)]) assert.equal(openDownload(key, text, 0), undefined)
})
