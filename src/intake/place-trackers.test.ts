// Trackers in MIME: any bytes in any encoding keep everything but the trackers, every line can be sent, and 250 links are counted over all bodies.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { isMimeFault, normalise } from '../mail/normalise.ts'
import { encodeBase64Lines, encodeQuotedPrintable } from '../mail/quoted-printable.ts'
import { isRefusal } from '../model/refusal.ts'
import { intakeLimits } from './limits.ts'
import { trackersFor, trackRaw, trackSimple } from './place-trackers.ts'
import { readRaw } from './read-raw.ts'

const links = { clickPath: ({ index }: { index: number }) => `/CL0/${index}`, openPath: () => '/CI0/x' }
const rule = { opens: true, clicks: true, openBase: 'https://t.test', clickBase: () => 'https://t.test' }
const pixel = '<img alt="" src="https://t.test/CI0/x" width="1" height="1" style="border:0;height:1px;width:1px">'

const encoders = {
  '8bit': (bytes: Buffer) => bytes,
  base64: (bytes: Buffer) => Buffer.from(encodeBase64Lines(bytes)),
  'quoted-printable': (bytes: Buffer) => Buffer.from(encodeQuotedPrintable(bytes, 'binary')),
}

function tracked(bytes: Buffer) {
  const raw = readRaw(bytes, intakeLimits)
  assert.ok(!isRefusal(raw))
  const trackers = trackersFor(rule, links, 'x')
  const result = trackRaw(raw, trackers, intakeLimits.mimePartsMax)
  assert.ok(!isMimeFault(result))
  return { raw, result, placed: [...trackers.placed] }
}

test('any bytes in any encoding: what is not a tracker stays, byte by byte', async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('<p>', ' <a href="https://x.test/">', '</a>\r\n', '\n', 'ü', '<!-- ').map((text) => Buffer.from(text)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.constantFrom(...(Object.keys(encoders) as (keyof typeof encoders)[])), async (pieces, encoding) => {
      // Bytes 0 are for charsets that are left alone, 8bit has lines.
      const body = Buffer.from(Buffer.concat(pieces).filter((byte) => byte !== 0 && (encoding !== '8bit' || byte !== 13)))
      const head = `From: a@x.test\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
      const { raw, result } = tracked(Buffer.concat([Buffer.from(head), encoders[encoding](body)]))
      const clean = normalise(result.root, result.fields)
      assert.ok(!isMimeFault(clean))
      for (const line of clean.body.toString('latin1').split('\r\n')) assert.ok(line.length <= 998)
      const restored = (text: string) => text.replace(pixel, '').replace(/https:\/\/t\.test\/CL0\/\d+/g, 'https://x.test/')
      const [before, after] = await Promise.all([raw.root, result.root].map((root) => decoded(root.body, encoding)))
      assert.equal(encoding === '8bit' ? restored(after ?? '') : restored(after ?? '').replace(/[\r\n]+$/, ''), before)
      assert.equal((after ?? '').split(pixel).length, 2)
    }),
    { numRuns: 300 },
  )
})

/** An independent reader's bytes; it has its own way with line ends. */
async function decoded(body: Buffer, encoding: string): Promise<string> {
  if (encoding === '8bit') return body.toString('latin1')
  const head = `MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
  const { attachments } = await PostalMime.parse(Buffer.concat([Buffer.from(head), body]))
  return Buffer.from(attachments[0]?.content as ArrayBuffer)
    .toString('latin1')
    .replaceAll('\r\n', '\n')
    .replace(/[\r\n]+$/, '')
}

test('several bodies share 250 links, each has its pixel; text and files have none', () => {
  const many = (count: number) => '<a href="https://x.test/">x</a>\r\n'.repeat(count)
  const part = (type: string, body: string) => `--b\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`
  const bytes = Buffer.from(
    `From: a@x.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${part('text/plain', many(1))}${part('text/html', many(200))}${part('text/html', many(100))}${part('text/html; name=a.html', many(1))}${part('message/rfc822', `Content-Type: text/html\r\n\r\n${many(1)}`)}--b--\r\n`,
  )
  const { result, placed } = tracked(bytes)
  const text = result.root.body.toString('latin1')
  const counts = result.root.children.map(({ body }) => [body.toString('latin1').split('/CL0/').length - 1, body.toString('latin1').split('/CI0/').length - 1])
  assert.deepEqual(counts, [
    [0, 0],
    [200, 1],
    [50, 1],
    [0, 0],
    [0, 0],
  ])
  assert.ok(text.includes('/CL0/250"') && !text.includes('/CL0/251'))
  assert.deepEqual(placed.sort(), ['CLICK', 'OPEN'])
})

test('mail without trackers is the same object', () => {
  const content = { kind: 'simple' as const, subject: { data: '', charset: undefined }, text: undefined, headers: [], attachments: [] }
  const html = { ...content, html: { data: '<a ses:no-track href="https://x.test/">', charset: undefined } }
  assert.equal(trackSimple(html, undefined), html)
  assert.equal(trackSimple({ ...content, html: undefined }, trackersFor(rule, links, 'x')).html, undefined)
  const text = tracked(Buffer.from('From: a@x.test\r\n\r\n<a href="https://x.test/">'))
  assert.equal(text.result, text.raw)
  assert.deepEqual(text.placed, [])
})
