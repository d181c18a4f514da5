// Proves with an independent reader that what goes into a message comes out, for any text and any file, and that nothing can
// bring a line into the header.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import type { Attachment, SimpleContent } from '../model/message.ts'
import { type BuiltMessage, buildMime } from './build-mime.ts'
import { parseHeader } from './header-fields.ts'
import { parseParts } from './mime-parts.ts'
import { writeFields } from './normalise.ts'
import { decodeQuotedPrintable } from './quoted-printable.ts'

const box = (address: string, displayName = '') => ({ displayName, localPart: address.split('@')[0] ?? '', domain: address.split('@')[1] ?? '', address })
const simple = (more: Partial<SimpleContent>): SimpleContent => ({
  kind: 'simple',
  subject: { data: 'Hi', charset: undefined },
  text: undefined,
  html: undefined,
  headers: [],
  attachments: [],
  ...more,
})
const file = (more: Partial<Attachment>): Attachment => ({
  content: Buffer.from('x'),
  fileName: 'a.txt',
  contentType: undefined,
  disposition: 'ATTACHMENT',
  description: undefined,
  contentId: undefined,
  transferEncoding: undefined,
  ...more,
})
function build(content: SimpleContent): string {
  const built = buildMime({ from: box('a@x.test', 'Jö'), replyTo: [], to: [box('b@x.test')], cc: [box('c@x.test', 'C, D')], content }, () => '0123456789abcdef')
  assert.ok(!('fault' in built), JSON.stringify(built))
  const message = `${writeFields(built.fields)}\r\n${built.body}`
  assert.match(message, /^[\t\r\n\x01-\x7f]*$/)
  assert.doesNotMatch(message, /\r(?!\n)|(?<!\r)\n/)
  assert.ok(message.endsWith('\r\n'))
  assert.ok(message.split('\r\n').every((line) => line.length <= 998))
  return message
}
const canonical = (text: string) =>
  text
    .toWellFormed()
    .replace(/\r\n?|\n/g, '\n')
    .replace(/\n+$/, '')
// The reader trims and collapses line ends in its own way at the very end only.
const read = (text: string | undefined) => (text ?? '').replace(/\r\n/g, '\n').replace(/\n+$/, '')

test('text, HTML, inline image and file have their places', async () => {
  const message = build(
    simple({
      text: { data: 'plain', charset: 'UTF-8' },
      html: { data: '<img src="cid:logo">', charset: 'UTF-8' },
      attachments: [
        file({ fileName: 'logo.png', contentType: 'image/png', disposition: 'INLINE', contentId: 'logo', content: Buffer.from([137, 80, 0, 255]) }),
        file({ fileName: 'Übersicht März.pdf', contentType: 'application/pdf', description: 'für dich' }),
      ],
    }),
  )
  const types = [...message.matchAll(/^Content-Type: ([\w/]+)/gim)].map(([, type]) => type)
  assert.deepEqual(types, ['multipart/mixed', 'multipart/alternative', 'text/plain', 'multipart/related', 'text/html', 'image/png', 'application/pdf'])
  const mail = await PostalMime.parse(message)
  assert.equal(mail.from?.name, 'Jö')
  assert.equal(mail.cc?.[0]?.name, 'C, D')
  assert.equal(read(mail.text), 'plain')
  assert.equal(read(mail.html), '<img src="cid:logo">')
  assert.deepEqual(
    mail.attachments.map(({ filename, mimeType, disposition, contentId }) => [filename, mimeType, disposition, contentId]),
    [
      ['logo.png', 'image/png', 'inline', '<logo>'],
      ['Übersicht März.pdf', 'application/pdf', 'attachment', undefined],
    ],
  )
  assert.deepEqual(new Uint8Array(mail.attachments[0]?.content as ArrayBuffer), new Uint8Array([137, 80, 0, 255]))
})

test('the encoding follows the content', () => {
  const encodingOf = (data: string) => /^Content-Transfer-Encoding: (\S+)/m.exec(build(simple({ text: { data, charset: 'UTF-8' } })))?.[1]
  assert.equal(encodingOf('plain\nlines\n'), '7bit')
  assert.equal(encodingOf('x'.repeat(999)), 'quoted-printable')
  assert.equal(encodingOf('Grüße'.padEnd(80, 'x')), 'quoted-printable')
  assert.equal(encodingOf('漢字漢字'), 'base64')
})

test('a named charset is used when it can carry the text', async () => {
  const charsetOf = (data: string, charset: string | undefined) => /charset=(\S+)/.exec(build(simple({ text: { data, charset } })))?.[1]
  assert.equal(charsetOf('abc', 'us-ascii'), 'US-ASCII')
  assert.equal(charsetOf('äbc', 'us-ascii'), 'UTF-8')
  assert.equal(charsetOf('äbc', 'ISO-8859-1'), 'ISO-8859-1')
  assert.equal(charsetOf('€', 'ISO-8859-1'), 'UTF-8')
  assert.equal(charsetOf('abc', 'Shift_JIS'), 'UTF-8')
  assert.equal(read((await PostalMime.parse(build(simple({ text: { data: 'äöü', charset: 'ISO-8859-1' } })))).text), 'äöü')
})

test('a line break or NUL in any header value is a fault', () => {
  const at = (content: SimpleContent) => buildMime({ from: box('a@x.test'), replyTo: [], to: [], cc: [], content }, () => 'ab')
  for (const bad of ['a\r\nBcc: x@y.test', 'a\nb', 'a\rb', 'a\0b']) {
    assert.ok('fault' in at(simple({ subject: { data: bad, charset: undefined } })))
    assert.ok('fault' in at(simple({ headers: [{ name: 'X-A', value: bad }] })))
    for (const key of ['fileName', 'contentType', 'contentId', 'description'] as const)
      assert.ok('fault' in at(simple({ attachments: [file({ [key]: bad })] })), key)
  }
  assert.ok('fault' in at(simple({ attachments: [file({ contentType: 'multipart/mixed' })] })))
})

test('bytes of an attachment survive every transfer encoding that is asked for', () => {
  const samples = [
    Buffer.from('plain\r\ntext\r\n'),
    Buffer.from('unix\nlines'),
    Buffer.from([0, 255, 13, 10, 13, 46]),
    Buffer.alloc(5_000, 'long'),
    Buffer.alloc(0),
  ]
  for (const transferEncoding of ['BASE64', 'QUOTED_PRINTABLE', 'SEVEN_BIT', undefined] as const) {
    for (const content of samples) {
      const message = build(
        simple({ text: { data: 't', charset: undefined }, attachments: [file({ content, transferEncoding, contentType: 'application/x-test' })] }),
      )
      assert.deepEqual(attachedBytes(message), content, `${transferEncoding} ${content.length}`)
    }
  }
  const seven = build(simple({ attachments: [file({ content: Buffer.from('plain') })] }))
  assert.match(seven, /Content-Transfer-Encoding: 7bit\r\nContent-Disposition/)
})

/** The independent reader turns CRLF into LF in text parts, so bytes are compared by our own part reader. */
function attachedBytes(message: string): Buffer {
  const bytes = Buffer.from(message)
  const { fields, bodyStart } = parseHeader(bytes)
  const root = parseParts(fields, undefined, bytes.subarray(bodyStart), 500)
  assert.ok(!('fault' in root))
  const part = root.children[1]
  assert.ok(part)
  if (part.encoding === 'quoted-printable') return decodeQuotedPrintable(part.body)
  return part.encoding === 'base64' ? Buffer.from(part.body.toString('latin1'), 'base64') : part.body
}

test('any subject, text, HTML and file name comes back', async () => {
  const body = fc.oneof(
    fc.string({ maxLength: 2_000 }),
    fc.string({ unit: 'grapheme', maxLength: 1_500 }),
    fc.array(fc.constantFrom('\n', '\r\n', ' ', '=', '.', 'From ', '--', 'é', '漢'), { maxLength: 200 }).map((pieces) => pieces.join('')),
  )
  const title = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }).filter((text) => !/[\0-\x1f\x7f]|=\?/.test(text) && text === text.trim())
  await fc.assert(
    fc.asyncProperty(body, body, title, title, async (text, html, subject, fileName) => {
      const message = build(
        simple({
          subject: { data: subject, charset: undefined },
          text: { data: text, charset: 'UTF-8' },
          html: { data: html, charset: 'UTF-8' },
          attachments: [file({ fileName })],
        }),
      )
      const mail = await PostalMime.parse(message)
      const same = (value: string | null | undefined) => (value ?? '').replace(/\s+/g, ' ')
      assert.equal(same(mail.subject), same(subject))
      assert.equal(same(mail.attachments[0]?.filename), same(fileName))
      if (canonical(text) !== '') assert.equal(read(mail.text), canonical(text))
      if (canonical(html) !== '') assert.equal(read(mail.html), canonical(html))
    }),
    { numRuns: 150 },
  )
})

test('boundaries come from the seed alone', () => {
  const content = simple({ text: { data: 'a', charset: undefined }, html: { data: 'b', charset: undefined } })
  const once = buildMime({ from: box('a@x.test'), replyTo: [], to: [], cc: [], content }, () => 'aa') as BuiltMessage
  assert.deepEqual(
    buildMime({ from: box('a@x.test'), replyTo: [], to: [], cc: [], content }, () => 'aa'),
    once,
  )
  assert.match(once.body, /^--=_aaa\r\n/)
})
