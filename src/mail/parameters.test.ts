// Proves parameters of MIME fields in every spelling that senders use, and that any value comes back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fileNamesOf, formatParameter, parseParameters } from './parameters.ts'

const nameIn = (text: string) => fileNamesOf(parseParameters(text).parameters)[0]

test('values are read as tokens, quoted strings, pieces and encoded pieces', () => {
  assert.deepEqual(
    [...parseParameters('Text/Plain (a comment); CharSet=utf-8; format="flo\\"wed"; charset=second').parameters],
    [
      ['charset', 'utf-8'],
      ['format', 'flo"wed'],
    ],
  )
  assert.equal(parseParameters('Text/Plain (a comment) ; a=b').value, 'text/plain')
  assert.equal(nameIn("attachment; filename*=iso-8859-1'de'%FCber.txt"), 'über.txt')
  assert.equal(nameIn(`attachment; filename*1="b;c"; filename*0*=utf-8''%C3%A4; filename*2*=%20d`), 'äb;c d')
  assert.equal(nameIn('attachment; filename="=?utf-8?Q?=C3=A4.exe?="'), 'ä.exe')
  assert.equal(nameIn('attachment'), undefined)
})

test('any value that is written is read back, in short lines of ASCII', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 255 }).filter((text) => !/[\r\n\0]|=\?/.test(text)),
      (value) => {
        const text = `attachment${formatParameter('filename', value)}`
        assert.match(text, /^[\r\n -~]*$/)
        assert.ok(text.split('\r\n').every((line) => line.length <= 300))
        assert.equal(nameIn(text.replace(/\r\n(?=[ \t])/g, '')), value.toWellFormed())
      },
    ),
    { numRuns: 500 },
  )
})

test('no text makes the reader throw or take long', () => {
  for (const text of [';'.repeat(100_000), `a;${'b="'.repeat(50_000)}`, `a;b="${'\\"'.repeat(50_000)}`, '('.repeat(100_000), `a; b*0*=${'%'.repeat(50_000)}`])
    parseParameters(text)
  fc.assert(fc.property(fc.stringMatching(/^[a;="*'%0\\() ]{0,60}$/), (text) => void parseParameters(text)))
})
