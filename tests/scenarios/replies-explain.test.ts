// `bulkhead replies explain`: JSON lines in, JSON lines out, from a file or standard input, without a service.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCli } from '../harness/run-cli.ts'

async function type(words: string[], input?: (string | Uint8Array)[], folder = tmpdir()) {
  const said = await runCli(['replies', ...words], { folder, ...(input ? { input } : {}) })
  const lines = said.out === '' ? [] : said.out.trimEnd().split('\n')
  return { ...said, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

test('a line is judged with the provider that it names, or that its exchangers show', async () => {
  const reply = '550 Requested action not taken: mailbox unavailable'
  const { code, lines } = await type(
    ['explain'],
    [
      `${JSON.stringify({ provider: 'Hotmail', phase: 'RCPT TO', reply })}\n`,
      `${JSON.stringify({ mx: ['hotmail-com.olc.protection.outlook.com.'], phase: 'rcpt', reply })}\n`,
      `${JSON.stringify({ mx: 'mx1.comcast.net', phase: 'rcpt', reply: '550 5.2.0 <x@comcast.net> Recipient unavailable' })}\n`,
      // Not every exchanger is the provider's: it is not the provider's domain.
      `${JSON.stringify({ mx: ['mx1.comcast.net', 'mx.own.test'], phase: 'dot', reply: '550 5.2.0 Recipient unavailable' })}\n`,
    ],
  )
  assert.equal(code, 0)
  assert.deepEqual(lines[0], {
    bounceType: 'Permanent',
    bounceSubType: 'NoEmail',
    retry: 'no',
    scope: 'recipient',
    countsAgainstTenant: 'hard',
    rule: 'outlook/mailbox-unavailable',
    provider: 'outlook',
    delayType: 'General',
    status: '5.1.1',
  })
  assert.deepEqual(lines[1], lines[0])
  assert.deepEqual([lines[2]?.rule, lines[2]?.bounceSubType], ['comcast/recipient-unavailable', 'General'])
  assert.equal(lines[3]?.provider, undefined)
})

test('a wait that the reply names is answered', async () => {
  const { lines } = await type(['explain', '-'], ['{"phase":"rcpt","reply":"450 4.7.1 Greylisted for 5 minutes"}'])
  assert.deepEqual([lines[0]?.retry, lines[0]?.retryAfterMs, lines[0]?.bounceType], ['yes', 310_000, 'Transient'])
})

test('a line that cannot be read is answered in its place, and the others are judged', async () => {
  const good = '{"phase":"rcpt","reply":"550 5.1.1 User unknown"}'
  const bad = [
    'not json',
    '[]',
    'null',
    '{}',
    '{"phase":"rcpt"}',
    '{"phase":"lunch","reply":"550"}',
    '{"phase":"rcpt","reply":550}',
    '{"mx":[1],"reply":"550"}',
    '{"provider":1,"reply":"550"}',
  ]
  const { code, lines } = await type(['explain'], [`${[good, ...bad, good].join('\n')}\n`])
  assert.equal(code, 0)
  assert.equal(lines.length, bad.length + 2)
  for (const line of lines.slice(1, -1)) assert.equal(typeof line.error, 'string')
  assert.equal(lines.at(-1)?.bounceSubType, 'NoEmail')
})

test('lines may come in any pieces, and one without end is refused without being kept', async () => {
  const line = Buffer.from('{"phase":"rcpt","reply":"550 Empfänger unbekannt"}\n')
  const pieces = [...line].map((byte) => Uint8Array.of(byte))
  const flood = Array.from({ length: 20 }, () => 'x'.repeat(100_000))
  const { lines } = await type(['explain'], [...pieces, ...flood, '\n', ...pieces])
  assert.deepEqual(
    lines.map(({ bounceSubType, error }) => bounceSubType ?? error),
    ['NoEmail', 'This line is too long.', 'NoEmail'],
  )
})

test('a file is read; one that is not there is told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-replies-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'replies.jsonl'), '\r\n{"phase":"dot","reply":"554 5.7.1 Rejected as spam"}\r\n')
  const { code, lines } = await type(['explain', 'replies.jsonl'], undefined, folder)
  assert.deepEqual([code, lines.length, lines[0]?.bounceSubType], [0, 1, 'ContentRejected'])
  const absent = await type(['explain', 'absent.jsonl'], undefined, folder)
  assert.equal(absent.code, 255)
  assert.match(absent.err, /absent\.jsonl cannot be read/)
})

test('the help shows an example that works', async () => {
  const { code, out } = await runCli(['replies', 'explain', '--help'])
  assert.equal(code, 0)
  assert.equal(
    out,
    `Usage: bulkhead replies explain [options] [file]

judge replies: JSON lines {"provider"?, "mx"?, "phase", "reply"} in, JSON lines
out

Arguments:
  file        file of JSON lines; - is standard input (default: "-")

Options:
  -h, --help  display help for command

A line names the phase in which the reply came: connect, banner, ehlo, starttls, mail, rcpt, data, dot or async-dsn.
provider (for example google) or mx (host names of the mail exchangers) lets rules of that provider speak first.

Example:
  echo '{"mx":["gmail-smtp-in.l.google.com"],"phase":"rcpt","reply":"550 5.1.1 No such user"}' | bulkhead replies explain
`,
  )
  const example = /echo '(.*)' \|/.exec(out)?.[1] ?? ''
  const answer = await type(['explain'], [`${example}\n`])
  assert.equal(answer.lines[0]?.bounceSubType, 'NoEmail')
})
