// Whose domain a reply means: ours concerns everybody, the sender's own only the sender.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { speaksOfUs } from './judge-result.ts'

test('a reply means us when it names our domain and not that of the sender', () => {
  const about = (domain: string) => `421 4.7.28 unusual rate of mail originating from your SPF domain [${domain}]`
  assert.equal(speaksOfUs(about('Mail.Bulkhead.test'), 'mail.bulkhead.test', 'shop.test'), true)
  assert.equal(speaksOfUs(about('shop.test'), 'mail.bulkhead.test', 'shop.test'), false)
  assert.equal(speaksOfUs(`${about('shop.test')} mail.bulkhead.test`, 'mail.bulkhead.test', 'news@shop.test'), false)
  assert.equal(speaksOfUs(about('mail.bulkhead.test'), 'mail.bulkhead.test', ''), true)
})
