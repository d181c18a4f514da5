// The unsubscribe link in submitted MIME: in every encoding, and nowhere but in the bodies that people read.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { isMimeFault, normalise, writeFields } from '../mail/normalise.ts'
import { encodeBase64Lines, encodeQuotedPrintable } from '../mail/quoted-printable.ts'
import { isRefusal } from '../model/refusal.ts'
import { intakeLimits } from './limits.ts'
import { placeInRaw } from './place-unsubscribe-link.ts'
import { readRaw } from './read-raw.ts'

const mark = '{{amazonSESUnsubscribeUrl}}'
const url = `https://mail.test/unsubscribe/${'t'.repeat(300)}`

/** The message with the link, as it would be stored. */
function place(message: string): string {
  const raw = readRaw(Buffer.from(message), intakeLimits)
  assert.ok(!isRefusal(raw))
  const placed = placeInRaw(raw, url, intakeLimits.mimePartsMax)
  assert.ok(!isMimeFault(placed))
  const clean = placed.plain ? { fields: placed.fields, body: placed.root.body } : normalise(placed.root, placed.fields)
  assert.ok(!isMimeFault(clean))
  return `${writeFields(clean.fields)}\r\n${clean.body.toString('latin1')}`
}

const encoders = {
  '7bit': (text: string) => text,
  '8bit': (text: string) => text,
  'quoted-printable': (text: string) => encodeQuotedPrintable(Buffer.from(text), 'text'),
  base64: (text: string) => encodeBase64Lines(Buffer.from(text)),
}

test('any text in any encoding has the link at its first two places, and every line can be sent', async () => {
  const piece = fc.oneof(fc.constant(mark), fc.constant('\r\n'), fc.stringMatching(/^[ -~]{0,60}$/), fc.constantFrom('ö', '€', '=', '{{', 'x'.repeat(900)))
  const encoding = fc.constantFrom(...(Object.keys(encoders) as (keyof typeof encoders)[]))
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), encoding, fc.boolean(), async (pieces, name, multipart) => {
      const text = `.${pieces.join('').trim()}.\r\n`
      fc.pre(name !== '7bit' || /^[\0-\x7f]*$/.test(text))
      const part = `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ${name}\r\n\r\n${encoders[name](text)}`
      const head = 'From: a@b.test\r\nMIME-Version: 1.0\r\n'
      const stored = place(
        multipart
          ? `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${part}\r\n--b\r\nContent-Disposition: attachment; filename=o.txt\r\n\r\nother\r\n--b--\r\n`
          : `${head}${part}`,
      )
      assert.ok(stored.split('\r\n').every((line) => line.length <= 998 && /^[\t -~]*$/.test(line)))
      const { html } = await PostalMime.parse(Buffer.from(stored, 'latin1'))
      const wanted = text.replace(mark, url).replace(mark, url).replace(/\r\n/g, '\n').trim()
      assert.equal(html?.replace(/\r\n/g, '\n').trim(), wanted)
    }),
    { numRuns: 300 },
  )
})

test('signed and encrypted parts, enclosed messages, files and other types stay as they came', () => {
  const enclosed = `Subject: x\r\n\r\n${mark}\r\n`
  const parts = [
    `Content-Type: multipart/signed; boundary=s; protocol="application/pkcs7-signature"\r\n\r\n--s\r\nContent-Type: text/plain\r\n\r\n${mark}\r\n--s--\r\n`,
    `Content-Type: message/rfc822\r\n\r\n${enclosed}`,
    `Content-Type: text/plain; name=a.txt\r\n\r\n${mark}\r\n`,
    `Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n${mark}\r\n`,
    `Content-Type: text/calendar\r\n\r\n${mark}\r\n`,
  ]
  const message = `From: a@b.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`
  assert.equal(place(message), message)
  const withBody = message.replace('--b--', `--b\r\n\r\nStop ${mark}\r\n--b--`)
  assert.equal(place(withBody), withBody.replace(`Stop ${mark}`, `Stop ${url}`))
})
