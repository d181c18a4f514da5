// Names of identities: what is one, and its one spelling.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusal } from '../model/refusal.ts'
import { identityKey, normaliseAddress, normaliseDomain, parseIdentityName } from './identity-name.ts'

test('domains become lower-case A-labels', () => {
  assert.equal(normaliseDomain('EXAMPLE.Com'), 'example.com')
  assert.equal(normaliseDomain('example.com.'), 'example.com')
  assert.equal(normaliseDomain('Bücher.Example'), 'xn--bcher-kva.example')
  assert.equal(normaliseDomain('a_b.example'), 'a_b.example')
})

test('what only looks like a domain is refused', () => {
  const wrong = [
    '',
    'localhost',
    'a..b',
    '.a.b',
    '1.2.3.4',
    '0x7f.1',
    '[::1]',
    'a b.test',
    'a/b.test',
    '%41.test',
    'a\nb.test',
    'a\0.test',
    '-a.test',
    'a-.test',
    `${'x'.repeat(64)}.test`,
    `${'x.'.repeat(130)}test`,
    'a@b.test',
    'x'.repeat(5_000),
  ]
  for (const text of wrong) assert.equal(normaliseDomain(text), undefined, JSON.stringify(text.slice(0, 40)))
})

test('addresses keep their local part', () => {
  assert.equal(normaliseAddress('Ann.Lee+News@Example.TEST')?.address, 'Ann.Lee+News@example.test')
  assert.equal(normaliseAddress('"a@b"@example.test')?.address, '"a@b"@example.test')
  for (const text of [
    '@a.test',
    'a@',
    'a b@a.test',
    'a@b@a.test',
    '.a@a.test',
    'a.@a.test',
    'a\r\n@a.test',
    '<a@a.test>',
    'é@a.test',
    `${'x'.repeat(65)}@a.test`,
    '"a"b"@a.test',
  ])
    assert.equal(normaliseAddress(text), undefined, JSON.stringify(text))
})

test('a refused name never brings control characters back', () => {
  const refusal = parseIdentityName('a\r\nb@c')
  assert.ok(isRefusal(refusal))
  assert.equal(refusal.message, 'Invalid email address<a??b@c>.')
})

test('any spelling finds the record', () => {
  assert.equal(identityKey('A@EXAMPLE.test'), 'A@example.test')
  assert.equal(identityKey('EXAMPLE.test'), 'example.test')
  assert.equal(identityKey('no name'), 'no name')
})
