// Providers by domain.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerOf } from './mailbox-provider.ts'

test('a domain is its provider, and any other is unknown', () => {
  assert.equal(providerOf('googlemail.com').name, 'Gmail')
  assert.deepEqual(providerOf('outlook.com'), { name: 'Hotmail', hasFeedbackLoop: true })
  for (const domain of ['shop.test', 'sub.gmail.com', '', 'constructor']) assert.equal(providerOf(domain).name, 'UNKNOWN_ISP')
})
