// Proves that any submitted MIME becomes 7-bit with short lines and still says the same to an independent reader.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { parseHeader } from './header-fields.ts'
import { toLines } from './lines.ts'
import { parseParts } from './mime-parts.ts'
import { normalise, writeFields } from './normalise.ts'

function clean(source: string | Buffer): string {
  const lines = toLines(Buffer.from(source as string))
  const header = parseHeader(lines.bytes)
  const root = parseParts(header.fields, header.malformedLine, lines.bytes.subarray(header.bodyStart), 500)
  assert.ok(!('fault' in root), JSON.stringify(root))
  const result = normalise(root)
  assert.ok(!('fault' in result), JSON.stringify(result))
  const text = `${writeFields(result.fields)}\r\n${result.body.toString('latin1')}`
  assert.match(text, /^[\t\r\n\x01-\x7f]*$/)
  assert.ok(text.split('\r\n').every((line) => line.length <= 998))
  return text
}
function faultOf(source: string): string {
  const lines = toLines(Buffer.from(source))
  const header = parseHeader(lines.bytes)
  const root = parseParts(header.fields, undefined, lines.bytes.subarray(header.bodyStart), 500)
  if ('fault' in root) return root.fault
  const result = normalise(root)
  return 'fault' in result ? result.fault : 'no fault'
}

test('8-bit text becomes quoted-printable or base64, and its encoding is declared', async () => {
  const western = clean(
    'Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nGrüße aus dem Süden, mit vielen anderen Worten\n',
  )
  assert.match(western, /^Content-Transfer-Encoding: quoted-printable$/m)
  assert.equal((await PostalMime.parse(western)).text?.trim(), 'Grüße aus dem Süden, mit vielen anderen Worten')
  const eastern = clean('Subject: x\nContent-Type: text/plain; charset=utf-8\n\n漢字かな交じり文\n')
  assert.match(eastern, /^Content-Transfer-Encoding: base64$/m)
  assert.equal((await PostalMime.parse(eastern)).text?.trim(), '漢字かな交じり文')
})

test('8-bit text without a charset is declared', async () => {
  assert.match(clean('Subject: x\n\nGrüße und viele, viele andere Worte\n'), /^Content-Type: text\/plain; charset=utf-8$/m)
  assert.match(
    clean(Buffer.from('Subject: x\nContent-Type: text/html\n\nGr\xfc\xdfe und viele andere\n', 'latin1')),
    /^Content-Type: text\/html; charset=unknown-8bit$/m,
  )
})

test('only the parts that need it are touched, however deep', async () => {
  const source = [
    'Subject: deep',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="out er"',
    'Content-Transfer-Encoding: 8bit',
    '',
    'prä',
    '--out er',
    'Content-Type: multipart/alternative; boundary=in',
    '',
    '--in',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'einfach',
    '--in',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    '<p>für alle, die das hier lesen können</p>',
    '--in--',
    '--out er  ',
    'Content-Type: message/rfc822',
    '',
    'Subject: inneres Lied für alle',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'auch hier, für alle anderen Menschen auf der Welt',
    '--out er',
    'Content-Type: application/octet-stream; name="Grün.bin"',
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment; filename="Grün.bin"',
    '',
    'AAEC/w==',
    '--out er--',
    'epilög',
  ].join('\n')
  const text = clean(source)
  assert.match(text, /\r\neinfach\r\n--in\r\n/)
  assert.match(text, /AAEC\/w==/)
  assert.match(text, /^Content-Transfer-Encoding: 7bit$/m)
  assert.doesNotMatch(text, /pr=|epil/)
  const mail = await PostalMime.parse(text)
  assert.match(mail.html ?? '', /für alle, die das hier lesen können/)
  const binary = mail.attachments.find(({ mimeType }) => mimeType === 'application/octet-stream')
  assert.equal(binary?.filename, 'Grün.bin')
  assert.deepEqual(Buffer.from(binary?.content as ArrayBuffer), Buffer.from([0, 1, 2, 255]))
  const inner = await PostalMime.parse(/Content-Type: message\/rfc822\r\n\r\n([\s\S]*?)\r\n--out er/.exec(text)?.[1] ?? '')
  assert.equal(inner.subject, 'inneres Lied für alle')
  assert.equal(inner.text?.trim(), 'auch hier, für alle anderen Menschen auf der Welt')
})

test('what is signed keeps every byte whatever stands around it, and is refused when it cannot', () => {
  const signedPart = [
    'Content-Type: multipart/signed; protocol="application/pgp-signature"; boundary=S',
    '',
    '--S',
    'Content-Type: multipart/mixed; boundary=I',
    '',
    'preamble',
    '--I',
    'Content-Type : text/plain',
    'Content-Transfer-Encoding: 8bit',
    '',
    'trailing blanks   ',
    '--I--',
    'epilogue',
    '--S',
    'Content-Type: application/pgp-signature',
    '',
    'signature',
    '--S--',
    'end',
  ]
  const body = signedPart.slice(2).join('\r\n')
  assert.ok(clean(['Subject: Grüße', ...signedPart].join('\n')).endsWith(`\r\n\r\n${body}\r\n`))
  const beside = ['Content-Type: multipart/mixed; boundary=O', '', '--O', '', 'grün', '--O', ...signedPart, '--O--']
  assert.ok(clean(beside.join('\n')).includes(`\r\n\r\n${body}\r\n--O--`))
  assert.match(faultOf(signedPart.join('\n').replace('trailing', 'grün')), /signed part/)
  assert.match(faultOf(signedPart.join('\n').replace('text/plain', 'text/plain; name="grün"')), /signed part/)
  assert.equal(faultOf(signedPart.join('\n').replace('pgp-signature\n', 'pgp-signature; name="grün"\n')), 'no fault')
})

test('a false promise of quoted-printable or base64 is made true', async () => {
  const quoted = clean(
    'Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC und grü und mehr und noch mehr und noch mehr=\n!\n',
  )
  assert.equal((await PostalMime.parse(quoted)).text?.trim(), 'Grü und grü und mehr und noch mehr und noch mehr!')
  const long = clean(
    `Subject: x\nContent-Type: image/png\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\n${Buffer.alloc(3_000, 7).toString('base64')}\n`,
  )
  assert.deepEqual(Buffer.from((await PostalMime.parse(long)).attachments[0]?.content as ArrayBuffer), Buffer.alloc(3_000, 7))
})

test('header values: words, names and parameters each in their own way', async () => {
  const text = clean('From: "Jö, D" <jo@bücher.test>\nTo: Ä <a@x.test>, b@x.test\nSubject: Grüße\nX-Note: ünter\n\nx\n')
  assert.match(text, /<jo@xn--bcher-kva\.test>/)
  const mail = await PostalMime.parse(text)
  assert.equal(mail.from?.name, 'Jö, D')
  assert.deepEqual([mail.to?.[0]?.name, mail.to?.[1]?.address], ['Ä', 'b@x.test'])
  assert.equal(mail.subject, 'Grüße')
  assert.equal(await PostalMime.parse(clean(Buffer.from('Subject: Gr\xfc\xdfe\n\nx\n', 'latin1'))).then(({ subject }) => subject), 'Grüße')
  const many = clean(
    `References: ${Array.from({ length: 60 }, (_, index) => `<${index}.aaaaaaaaaaaaaaaa@x.test>`).join(' ')}\nSubject: ${'word '.repeat(300)}\n\nx\n`,
  )
  assert.equal((await PostalMime.parse(many)).references?.split(/\s+/).length, 60)
})

test('what cannot be sent is refused with a reason', () => {
  assert.match(faultOf('To: jö@x.test\n\nx\n'), /Local address/)
  assert.match(faultOf('Content-Type: multipart/mixed\n\nü\n'), /no part/)
  assert.match(faultOf('Content-Transfer-Encoding: x-uue\n\nü\n'), /not known/)
  assert.match(faultOf(`References: <${'a'.repeat(1_200)}>\n\nx\n`), /cannot be sent/)
  assert.match(faultOf('Subject: a\0b\n\nx\n'), /NUL/)
  assert.match(faultOf(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(501)}--b--\n`), /exceeds 500/)
  assert.match(faultOf(`Content-Type: multipart/mixed; boundary=a\n\n${'--a'.repeat(1_100_000)}\n`), /boundary too often/)
  const nested = Array.from({ length: 60 }, (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}.\n\n--b${depth}.\n`).join('')
  assert.match(faultOf(`Subject: x\n${nested}`), /too deeply/)
})

test('any pile of MIME fragments ends clean or is refused, and cleaning twice changes nothing', () => {
  const fragment = fc.constantFrom(
    '--b\r\n',
    '--b--\r\n',
    '--c\r\n',
    '--c--\r\n',
    '\r\n',
    '\n',
    '\r',
    'ü',
    '\0',
    'x'.repeat(1_100),
    'text\r\n',
    '=C3',
    'Content-Type: text/plain\r\n',
    'Content-Type: multipart/mixed; boundary=c\r\n',
    'Content-Type: message/rfc822\r\n',
    'Content-Transfer-Encoding: 8bit\r\n',
    'Content-Transfer-Encoding: base64\r\n',
    'Content-Transfer-Encoding: quoted-printable\r\n',
    'Subject: ü\r\n',
  )
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 25 }), (pieces) => {
      const once = (source: string) => {
        const lines = toLines(Buffer.from(source, 'latin1'))
        const header = parseHeader(lines.bytes)
        const root = parseParts(header.fields, header.malformedLine, lines.bytes.subarray(header.bodyStart), 500)
        const result = 'fault' in root ? root : normalise(root)
        return 'fault' in result ? undefined : `${writeFields(result.fields)}\r\n${result.body.toString('latin1')}`
      }
      const cleaned = once(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${pieces.join('')}`)
      if (cleaned === undefined) return
      const lines = toLines(Buffer.from(cleaned, 'latin1'))
      assert.ok(lines.plain)
      assert.equal(once(lines.bytes.toString('latin1')), lines.bytes.toString('latin1'))
    }),
    { numRuns: 1_500 },
  )
})
