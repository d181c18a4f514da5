// `bulkhead feedback explain`: one JSON line for each file, folders walked by name, tokens verified by a key that is only read; no service, no state.
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { run } from '../../src/cli/run.ts'
import { systemClock } from '../../src/kit/clock.ts'

const specimens = join(import.meta.dirname, '../specimens/feedback')
// The day for which the tokens of the specimens were made, and their master key.
const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 24) }
const masterKey = Buffer.alloc(32, 7).toString('base64')

async function type(words: string[], folder = tmpdir(), environment: Record<string, string> = {}) {
  let out = ''
  let err = ''
  const code = await run(['feedback', 'explain', ...words], {
    environment,
    folder,
    columns: undefined,
    clock,
    out: (text) => {
      out += String(text)
    },
    err: (text) => {
      err += text
    },
    interrupted: () => new AbortController().signal,
  })
  const lines = out.startsWith('{') ? out.split('\n').filter((line) => line !== '') : []
  return { code, out, err, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-feedback-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a report is told in one line, with every member that the help names', async (t) => {
  const folder = makeFolder(t)
  writeFileSync(join(folder, 'master.key'), masterKey)
  const { code, lines, err } = await type([join(specimens, 'postfix-unknown-user.eml'), '--data-dir', folder])
  assert.deepEqual([code, err], [0, ''])
  assert.deepEqual(lines, [
    {
      file: join(specimens, 'postfix-unknown-user.eml'),
      kind: 'bounce',
      recipients: [
        {
          address: 'anna@far.test',
          action: 'failed',
          status: '5.1.1',
          diagnosticCode: 'smtp; 550 5.1.1 <anna@far.test>: Recipient address rejected: User unknown in local recipient table',
          bounceType: 'Permanent',
          bounceSubType: 'NoEmail',
          scope: 'recipient',
        },
      ],
      token: 'valid',
    },
  ])
})

test('a complaint names its type; what is no feedback report has no such member', async () => {
  const { lines } = await type(['arf-yahoo', 'arf-not-spam', 'vacation-german', 'ordinary-no-token'].map((name) => join(specimens, `${name}.eml`)))
  assert.deepEqual(
    lines.map(({ kind, complaintFeedbackType, token }) => [kind, complaintFeedbackType, token]),
    [
      ['complaint', 'abuse', 'invalid'],
      ['other', 'not-spam', 'invalid'],
      ['autoreply', undefined, 'invalid'],
      ['other', undefined, 'absent'],
    ],
  )
})

test('a token is valid with the key of the instance alone, and no key is made', async (t) => {
  const folder = makeFolder(t)
  const file = join(specimens, 'qmail-no-mailbox.eml')
  const tokenWith = async (words: string[], environment: Record<string, string> = {}) => (await type([file, ...words], folder, environment)).lines[0]?.token
  assert.equal(await tokenWith(['--data-dir', folder]), 'invalid')
  assert.equal(existsSync(join(folder, 'master.key')), false, 'explaining makes no key')
  writeFileSync(join(folder, 'master.key'), masterKey)
  assert.equal(await tokenWith(['--data-dir', folder]), 'valid')
  assert.equal(await tokenWith([], { BULKHEAD_DATA_DIR: folder }), 'valid')
  assert.equal(await tokenWith([], { BULKHEAD_MASTER_KEY: masterKey }), 'valid')
  assert.equal(await tokenWith([], { BULKHEAD_MASTER_KEY: Buffer.alloc(32, 8).toString('base64') }), 'invalid')
  writeFileSync(join(folder, 'bulkhead.json'), JSON.stringify({ BULKHEAD_DATA_DIR: folder }))
  assert.equal(await tokenWith([], { BULKHEAD_CONFIG: join(folder, 'bulkhead.json') }), 'valid')
  const forged = await type([join(specimens, 'dsn-forged-token.eml'), join(specimens, 'dsn-expired-token.eml'), '--data-dir', folder])
  assert.deepEqual(
    forged.lines.map(({ token }) => token),
    ['invalid', 'invalid'],
  )
})

test('folders are walked in the order of names, links inside them left alone', async (t) => {
  const folder = makeFolder(t)
  for (const name of ['box/new', 'box/cur', 'a']) mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['box/new/2', 'box/new/10', 'box/cur/x:2,S', 'a/one', 'z']) copyFileSync(join(specimens, 'qmail-quota.eml'), join(folder, name))
  symlinkSync(folder, join(folder, 'a/loop'))
  const { code, lines } = await type(['.'], folder)
  assert.equal(code, 0)
  assert.deepEqual(
    lines.map(({ file }) => file),
    ['a/one', 'box/cur/x:2,S', 'box/new/10', 'box/new/2', 'z'],
  )
})

test('what cannot be read has a line that says why, in its place, and the exit code tells', async (t) => {
  const folder = makeFolder(t)
  copyFileSync(join(specimens, 'qmail-quota.eml'), join(folder, 'good'))
  writeFileSync(join(folder, 'large'), '')
  truncateSync(join(folder, 'large'), 65 * 1024 * 1024)
  const { code, lines, err } = await type(['absent', 'large', '/dev/null', 'good'], folder)
  assert.equal(code, 255)
  assert.match(err, /3 files could not be read/)
  assert.deepEqual(
    lines.map(({ file, kind, error }) => [file, kind ?? typeof error]),
    [
      ['absent', 'string'],
      ['large', 'string'],
      ['/dev/null', 'string'],
      ['good', 'bounce'],
    ],
  )
})

test('a thousand files take seconds', async (t) => {
  const folder = makeFolder(t)
  const names = readdirSync(specimens).filter((name) => name.endsWith('.eml'))
  for (let count = 0; count < 1_000; count++) copyFileSync(join(specimens, names[count % names.length] ?? ''), join(folder, `${count}`))
  const start = process.cpuUsage()
  const { code, lines } = await type([folder])
  const { user, system } = process.cpuUsage(start)
  t.diagnostic(`1,000 files: ${((user + system) / 1_000_000).toFixed(2)} s of processor time`)
  assert.deepEqual([code, lines.length], [0, 1_000])
  assert.ok(user + system < 10_000_000)
})

test('the help says what a missing key means', async () => {
  const { code, out } = await type(['--help'])
  assert.equal(code, 0)
  assert.match(out, /The key is only read\. Without it every token is told as invalid/)
  assert.match(out, /bulkhead feedback explain ~\/Maildir/)
})

test('without a path it is wrong usage', async () => {
  assert.equal((await type([])).code, 252)
})
