// No bytes at all make the reader throw, hang or answer beyond its bounds: random ones, specimens that were changed or cut off, and the worst
// that a pattern could meet, a MiB of it each.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { type FeedbackMail, readBytes } from './read-feedback.ts'

const folder = join(import.meta.dirname, '../../../tests/specimens/feedback')
const specimens = readdirSync(folder)
  .filter((name) => name.endsWith('.eml'))
  .map((name) => readFileSync(join(folder, name)))
const kinds = ['bounce', 'complaint', 'delayed', 'autoreply', 'other']

function holds(mail: FeedbackMail): void {
  assert.ok(kinds.includes(mail.kind))
  assert.ok(mail.recipients.length <= 100)
  assert.ok(mail.tokens.length <= 10)
  assert.equal(mail.complaint !== undefined, mail.kind === 'complaint')
  for (const { action, bounceType, bounceSubType, scope } of mail.recipients) {
    const failed = action === 'failed' || action === 'delayed'
    assert.equal(bounceType !== undefined, failed)
    assert.equal(bounceSubType !== undefined, failed)
    assert.equal(scope !== undefined, failed)
    if (action === 'delayed') assert.equal(bounceType, 'Transient')
    if (mail.kind !== 'bounce') assert.notEqual(bounceType, 'Permanent')
  }
}

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 4_000 }), async (bytes) => holds(readBytes(Buffer.from(bytes)))),
    { numRuns: 500 },
  )
})

test('any text that has the words of reports', async () => {
  const words = fc.constantFrom(
    'From: MAILER-DAEMON@far.test\n',
    'Subject: Undelivered mail\n',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x\n',
    'Content-Type: message/delivery-status\n',
    'Content-Type: message/feedback-report\n',
    'Content-Type: message/rfc822\n',
    'Content-Transfer-Encoding: base64\n',
    '\n',
    '\n\n',
    '--x\n',
    '--x--\n',
    'Final-Recipient: rfc822; bob@far.test\n',
    'Action: failed\n',
    'Action: delayed\n',
    'Status: 5.1.1\n',
    'Feedback-Type: abuse\n',
    '<bob@far.test>:\n',
    '550 5.1.1 user unknown\n',
    'Auto-Submitted: auto-replied\n',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(words, fc.string({ maxLength: 20 })), { maxLength: 40 }), async (parts) =>
      holds(readBytes(Buffer.from(parts.join('')))),
    ),
    { numRuns: 1_000 },
  )
})

test('specimens that were changed on the way', async () => {
  const change = fc.record({
    specimen: fc.nat(specimens.length - 1),
    at: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { minLength: 1, maxLength: 12 }),
  })
  await fc.assert(
    fc.asyncProperty(change, async ({ specimen, at }) => {
      const bytes = Buffer.from(specimens[specimen] ?? '')
      for (const [place, byte] of at) if (bytes.length > 0) bytes[Math.floor(place * (bytes.length - 1))] = byte
      holds(readBytes(bytes))
    }),
    { numRuns: 1_000 },
  )
})

test('specimens that were cut off, or follow each other', async () => {
  for (const bytes of specimens) for (let tenth = 0; tenth < 10; tenth++) holds(readBytes(bytes.subarray(0, Math.floor((bytes.length * tenth) / 10))))
  for (const bytes of specimens) holds(readBytes(Buffer.concat([bytes, ...specimens.slice(0, 20)])))
})

const head = 'From: MAILER-DAEMON@far.test\nSubject: Undelivered mail\nTo: b@c.test\n'
const status = `${head}Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n`
const shapes: readonly ((unit: string) => string)[] = [
  (unit) => unit,
  (unit) => `${head}\n${unit}`,
  (unit) => `${head}\nYour mail failed: ${unit.replaceAll('\n', '')}`,
  (unit) => `From: a@b.test\nSubject: ${unit.replaceAll('\n', '')}`,
  (unit) => `${head}Content-Type: multipart/mixed; boundary=${unit.replaceAll('\n', '')}`,
  (unit) => `${status}Final-Recipient: rfc822; a@b.test\nAction: failed\nDiagnostic-Code: smtp; 550 ${unit.replaceAll('\n', '')}`,
  (unit) => status + unit,
  (unit) => `${head}Content-Type: text/html\n\n${unit}`,
]
const units =
  '@|a@|a@b.c |<|<p>|</|<!--|&|\n|\t\n| |\r|(|5|550 |4.|5.1.1 |to |:|;|"|\\|=|=?utf-8?q?|[|>|-|--x\n|--x\n\n|Received: x\n|from |address |user unknown |mailbox full |not |may |. |b+|a2|http://a|copy of |Final-Recipient: rfc822; a@b.c\n|Status: 5.1.1\n\n|\0|\x1b$B|\xff|\\x{41}|rfc822;|domain '.split(
    '|',
  )

test('a MiB of anything is read in a moment', async (t) => {
  let slowest = { ms: 0, what: '' }
  for (const shape of shapes)
    for (const unit of units) {
      const text = shape(unit.repeat(Math.floor((1024 * 1024) / unit.length)))
      const bytes = Buffer.from(text, 'latin1')
      const start = process.cpuUsage()
      holds(readBytes(bytes))
      const used = process.cpuUsage(start)
      const ms = (used.user + used.system) / 1_000
      if (ms > slowest.ms) slowest = { ms, what: JSON.stringify(text.slice(-40)) }
    }
  t.diagnostic(`slowest of ${shapes.length * units.length}: ${slowest.ms.toFixed(0)} ms of processor time, ${slowest.what}`)
  // A pattern that is not linear takes minutes for a MiB.
  assert.ok(slowest.ms < 3_000, `${slowest.ms} ms for ${slowest.what}`)
})

test('deep nesting and parts without number are read up to the bounds', async () => {
  const multiparts = Array.from({ length: 20_000 }, (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n`).join('')
  holds(readBytes(Buffer.from(head + multiparts)))
  holds(readBytes(Buffer.from(head + 'Content-Type: message/rfc822\n\n'.repeat(30_000))))
  holds(readBytes(Buffer.from(`${head}Content-Type: multipart/mixed; boundary=x\n\n${'--x\n\na\n'.repeat(150_000)}`)))
  let wrapped = 'Subject: inner\n\nhello\n'
  for (let depth = 0; depth < 12; depth++)
    wrapped = `Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from(wrapped).toString('base64')}\n`
  holds(readBytes(Buffer.from(wrapped)))
})
