// The language of a page by the reader's choice and the browser's field, and that every language says the same things.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chooseLanguage, languages } from './choose-language.ts'

test('the choice on the page wins, then the highest weight, then the order, then English', () => {
  const cases: [chosen: string | undefined, accepted: string | readonly string[] | undefined, tag: string][] = [
    [undefined, undefined, 'en'],
    [undefined, '', 'en'],
    [undefined, 'de', 'de'],
    [undefined, 'de-AT-1996,en;q=0.5', 'de'],
    [undefined, 'JA-jp', 'ja'],
    [undefined, 'en;q=0.5, fr;q=0.9, es;q=0.8', 'fr'],
    [undefined, 'fr;q=0.8,es;q=0.8', 'fr'],
    [undefined, 'nl, pt-BR;q=0.9, es-419;q=0.8', 'es'],
    [undefined, 'nl;q=1,*;q=0.5,de;q=0.1', 'en'],
    [undefined, 'de;q=0, fr;q=0.001', 'fr'],
    [undefined, 'de;q=2, de;q=x, fr;Q=0.3', 'fr'],
    [undefined, 'deutsch,frankly,e', 'en'],
    [undefined, ['xx', 'ja;q=0.2'], 'ja'],
    ['ja', 'de', 'ja'],
    ['JA-JP', 'de', 'ja'],
    ['xx', 'de', 'de'],
    ['__proto__', 'de', 'de'],
    ['', 'de', 'de'],
  ]
  for (const [chosen, accepted, tag] of cases) assert.equal(chooseLanguage(chosen, accepted).tag, tag, `${chosen} ${accepted}`)
})

test('any field finds a language in moments', () => {
  fc.assert(fc.property(fc.string({ maxLength: 2_000, unit: 'binary' }), fc.string(), (field, chosen) => languages.includes(chooseLanguage(chosen, field))))
  const began = performance.now()
  chooseLanguage('-'.repeat(16_000), 'a-'.repeat(8_000))
  assert.ok(performance.now() - began < 500)
})

test('every language says everything in words of its own, with the same marks', () => {
  const texts = (value: object): string[] => Object.values(value).flatMap((one) => (typeof one === 'object' ? texts(one) : [String(one)]))
  const marks = (value: object) => texts(value).map((text) => [...text.matchAll(/\{\w+\}/g)].join())
  const [first, ...others] = languages
  assert.ok(first && others.length === 4)
  assert.equal(new Set(languages.map(({ tag }) => tag)).size, languages.length)
  for (const other of others) {
    assert.deepEqual(marks(other), marks(first), other.tag)
    assert.deepEqual([texts(other).filter((text) => text.trim() === ''), texts(other).filter((text) => text.includes('<'))], [[], []])
    for (const [index, text] of texts(other).entries()) assert.notEqual(text, texts(first)[index], `${other.tag}: ${text}`)
  }
})
