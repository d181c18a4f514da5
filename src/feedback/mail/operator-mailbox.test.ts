// The Maildir for mail of people: whole mails, the newest ones.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemRandom } from '../../kit/random.ts'
import { openOperatorMailbox } from './operator-mailbox.ts'

test('the oldest mail goes when there is no room, by number and by bytes, also with many at once', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'postmaster-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  let now = 1_000
  const clock = { now: () => now++, after: () => ({ cancel() {} }) }
  const mailbox = openOperatorMailbox(path, { clock, random: systemRandom }, { mails: 3, bytes: 2_000 })
  const keep = (text: string) => mailbox.keep(Buffer.from(text), { from: 'eve@far.test\r\nBcc: all', mailbox: 'postmaster@localhost' })
  const kept = () =>
    readdirSync(join(path, 'new'))
      .sort()
      .map((name) => readFileSync(join(path, 'new', name), 'latin1'))
  await Promise.all(['one', 'two', 'three', 'four', 'five'].map(keep))
  assert.deepEqual(
    kept().map((text) => text.split('\r\n').at(-1)),
    ['three', 'four', 'five'],
  )
  assert.equal(kept()[0]?.split('\r\n')[0], 'Return-Path: <eve@far.test??Bcc:?all>')
  await keep('x'.repeat(1_990))
  assert.equal(kept().length, 1)
  assert.deepEqual(readdirSync(join(path, 'tmp')), [])
})
