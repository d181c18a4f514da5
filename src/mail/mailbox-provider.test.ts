// Providers by domain.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { providerNamed, providerOf, providerOfMx } from './mailbox-provider.ts'

test('a domain is its provider, and any other is unknown', () => {
  assert.equal(providerOf('googlemail.com').name, 'Gmail')
  assert.deepEqual(providerOf('outlook.com'), { name: 'Hotmail', hasFeedbackLoop: true })
  for (const domain of ['shop.test', 'sub.gmail.com', '', 'constructor']) assert.equal(providerOf(domain).name, 'UNKNOWN_ISP')
})

test('a domain is of the provider that runs every one of its exchangers', () => {
  assert.equal(providerOfMx(['gmail-smtp-in.l.google.com.', 'ALT1.gmail-smtp-in.l.google.com']), 'google')
  // The longer suffix decides: consumer Outlook and Microsoft 365 share a domain.
  assert.equal(providerOfMx(['outlook-com.olc.protection.outlook.com']), 'outlook')
  assert.equal(providerOfMx(['shop-test.mail.protection.outlook.com']), 'office365')
  for (const hosts of [[], ['mx.shop.test'], ['aspmx.l.google.com', 'mx.shop.test'], ['aspmx.l.google.com', 'mx1.icloud.com'], ['notgoogle.com'], ['']])
    assert.equal(providerOfMx(hosts), undefined, hosts.join(' '))
})

test('a provider is found by what people call it', () => {
  for (const [word, provider] of [
    ['Gmail', 'google'],
    ['O365', 'office365'],
    ['Hotmail', 'outlook'],
    ['GMX / WEB.DE', 'gmx/web.de'],
    ['gmx/web.de', 'gmx/web.de'],
    ['T-Online', 't-online'],
    ['Mail.ru', 'mail.ru'],
    ['mx1.comcast.net', 'comcast'],
  ] as const)
    assert.equal(providerNamed(word), provider, word)
  for (const word of ['postfix', '', 'constructor']) assert.equal(providerNamed(word), undefined)
})
