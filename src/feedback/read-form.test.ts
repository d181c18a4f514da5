// What the unsubscribe page is asked for, in the spellings of mail programs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readForm } from './read-form.ts'

test('one click in every form that RFC 8058 and mail programs know', () => {
  const multipart = (name: string, eol: string) => ['--x', `Content-Disposition: form-data; name=${name}`, '', 'One-Click', '--x--', ''].join(eol)
  for (const body of [
    'List-Unsubscribe=One-Click',
    'list-unsubscribe=one-click\r\n',
    'a=b&List-Unsubscribe=One-Click',
    'List-Unsubscribe=One%2DClick',
    multipart('"List-Unsubscribe"', '\r\n'),
    multipart('List-Unsubscribe', '\n'),
    ['--x', 'Content-Disposition: form-data; name="List-Unsubscribe"', 'Content-Type: text/plain', '', 'One-Click', '--x--'].join('\r\n'),
  ])
    assert.deepEqual(readForm(Buffer.from(body)), { kind: 'one-click' }, body)
})

test('the form of the page, and nothing else', () => {
  assert.deepEqual(readForm(Buffer.from('topic=a&topic=b%20c&save=yes')), { kind: 'choose', topicNames: new Set(['a', 'b c']), all: false })
  assert.deepEqual(readForm(Buffer.from('all=yes&save=yes')), { kind: 'choose', topicNames: new Set(), all: true })
  for (const body of ['', 'topic=a', 'all=yes', 'List-Unsubscribe=Two-Clicks', 'List-Unsubscribe', 'One-Click', '{"List-Unsubscribe":"One-Click"}'])
    assert.equal(readForm(Buffer.from(body)), undefined, body)
})

test('any bytes are read in moments', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => void readForm(Buffer.from(bytes))))
  const began = performance.now()
  readForm(Buffer.from('name=list-unsubscribe\n'.repeat(750)))
  assert.ok(performance.now() - began < 500)
})
