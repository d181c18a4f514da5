// Wire form of a message: dots stuffed, last line ended, no copy when nothing is to do, bare CR and LF refused.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BodyNotSendable, createLetter, letterWire } from './letter.ts'

const wire = (text: string) => letterWire(createLetter(undefined), Buffer.from(text, 'latin1')).toString('latin1')

test('lines that begin with a dot get a second one', () => {
  assert.equal(wire('.a\r\nb.\r\n..\r\n.\r\n'), '..a\r\nb.\r\n...\r\n..\r\n')
})

test('a message without an end of line gets one', () => {
  assert.equal(wire('a'), 'a\r\n')
  assert.equal(wire('.'), '..\r\n')
})

test('what needs nothing is not copied', () => {
  const bytes = Buffer.from('a.b\r\nc\r\n')
  assert.equal(letterWire(createLetter(undefined), bytes), bytes)
})

test('a bare CR or LF never leaves', () => {
  for (const text of ['a\n.\nb\r\n', 'a\r\n.\rb\r\n', 'a\n', 'a\r', '\n.\r\n', '\r\n\r', 'a\r\r\n'])
    assert.throws(() => wire(text), BodyNotSendable, JSON.stringify(text))
})

test('the far side reads back what was stored, whatever it is', () => {
  const lines = fc.array(fc.constantFrom('', '.', '..', 'a', '.b', 'c.', ' .'), { minLength: 1, maxLength: 10 })
  fc.assert(
    fc.property(lines, (parts) => {
      const text = `${parts.join('\r\n')}\r\n`
      const sent = wire(text)
      assert.equal(`\r\n${sent}`.includes('\r\n.\r\n'), false)
      assert.equal(sent.replace(/(^|\r\n)\./g, '$1'), text)
    }),
  )
})
