// Hostile and broken far servers: every message arrives in the end, no connection stays, nothing is doubled beyond what SMTP forces.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault, FaultPoint } from '../harness/providers/faults.ts'
import { hostile } from '../harness/providers/profiles/corporate.ts'
import { startProviderWorld } from '../harness/providers/provider-world.ts'

type PointedFault = Extract<Fault, { at: FaultPoint }>
const at = (kind: PointedFault['kind'], ...points: FaultPoint[]): Fault[] => points.map((point) => ({ kind, at: point }))

const faults: readonly Fault[] = [
  { kind: 'one-byte-segments' },
  { kind: 'injected-after-220' },
  { kind: 'drop-after-dot', kept: false },
  { kind: 'drop-after-dot', kept: true },
  ...at('endless-reply', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'dot'),
  ...at('endless-line', 'greeting', 'EHLO', 'DATA', 'dot'),
  ...at('unfinished-reply', 'greeting', 'EHLO', 'MAIL', 'dot'),
  ...at('strange-bytes', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'dot', 'QUIT'),
  ...at('black-hole', 'greeting', 'EHLO', 'STARTTLS', 'MAIL', 'DATA', 'body', 'dot', 'QUIT'),
  ...at('half-open', 'greeting', 'EHLO', 'MAIL', 'body', 'dot'),
  ...at('reset', 'greeting', 'EHLO', 'STARTTLS', 'MAIL', 'RCPT', 'DATA', 'body', 'dot', 'QUIT'),
  ...at('shut-down', 'greeting', 'EHLO', 'STARTTLS', 'MAIL', 'RCPT', 'DATA', 'body', 'dot', 'RSET', 'QUIT'),
  ...at('surplus-replies', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'dot'),
  ...at('tarpit', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'dot'),
  ...at('dripping-line', 'greeting', 'EHLO', 'MAIL', 'DATA', 'dot'),
  ...at('split-reply', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'dot'),
  ...at('long-line', 'greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', 'dot'),
  { kind: 'unasked', reply: '250 2.0.0 For nothing' },
  { kind: 'unasked', reply: '421 4.4.2 Idle for too long' },
  { kind: 'handshake-breaks', silent: false },
  { kind: 'handshake-breaks', silent: true },
  { kind: 'renegotiation' },
  { kind: 'reset-at-second-mail' },
]
/** Those that a client must bear without a second try. */
const harmless = new Set<Fault['kind']>(['one-byte-segments', 'strange-bytes', 'injected-after-220', 'tarpit', 'split-reply', 'renegotiation'])
/** These may hold a connection that no message needs any more. */
const isSlow = new Set<Fault['kind']>(['tarpit', 'split-reply'])
const faultyConnections = 4
const messages = 6

test('far servers that misbehave', { concurrency: 6 }, async (all) => {
  for (const fault of faults) {
    const { kind, ...details } = fault
    void all.test([kind, ...Object.entries(details).map(([name, value]) => `${name} ${value}`)].join(', '), async (t) => {
      const { send, provider, passUntil, pass, storyOf, queue, delivery, events } = await startProviderWorld(t, [hostile])
      const { ledger, misbehave } = provider('hostile')
      misbehave(fault, faultyConnections)
      const ids: string[] = []
      for (let i = 0; i < messages; i++) ids.push(await send(`n${i}@hostile.test`, { text: `${'x'.repeat(70)}\r\n`.repeat(50), leased: i % 2 === 0 }))
      const isDone = async () => new Set(ledger.accepted.map(({ recipient }) => recipient)).size === messages && (await queue()).length === 0
      await passUntil(isDone, { minutesMax: 600, stepMs: 20_000 })
      await delivery.idle()
      for (const id of ids)
        assert.match(
          (await storyOf(id)).join(' '),
          harmless.has(fault.kind) || (fault.kind === 'unasked' && fault.reply.startsWith('421')) ? /^DELIVERY$/ : /^(DELIVERY_DELAY )?DELIVERY$/,
        )
      // What the client was told is what the server said about that message.
      for (const { type, detail } of await events())
        if (type === 'DELIVERY') assert.match(String(detail.smtpResponse), /^250 2\.0\.0 (first )?OK \d+ - hostile/)
      // Taken without a word, or with one that came before the message and says nothing about it.
      const isKept = (fault.kind === 'drop-after-dot' && fault.kept) || (fault.kind === 'surplus-replies' && fault.at === 'DATA')
      const kept = isKept ? faultyConnections : 0
      assert.ok(ledger.duplicates <= kept, `${ledger.duplicates} doubles`)
      // A surplus reply makes the client take the next command for answered: what follows is the server's doing.
      if (fault.kind !== 'surplus-replies') assert.deepEqual(ledger.violationsOf('protocol'), [])
      // Idle connections end, and none of the spoilt ones is left.
      await pass(isSlow.has(fault.kind) ? 12 * 60_000 : 60_000)
      assert.equal(ledger.open(), 0, 'no connection stays')
    })
  }
})

test('no 421 in the middle of a body makes a double', async (t) => {
  const { send, provider, passUntil, queue } = await startProviderWorld(t, [hostile])
  const { ledger, misbehave } = provider('hostile')
  misbehave({ kind: 'shut-down', at: 'body' }, 2)
  await send('bob@hostile.test', { text: `${'x'.repeat(900)}\r\n`.repeat(2_000) })
  await passUntil(async () => (await queue()).length === 0, { minutesMax: 60, stepMs: 20_000 })
  assert.equal(ledger.accepted.length, 1)
  assert.equal(ledger.visits.length, 3)
})

test('a server that stops reading in the middle of a body is given three minutes a block, and the message arrives once', async (t) => {
  const { send, provider, passUntil, pass, clock, queue } = await startProviderWorld(t, [hostile])
  const { ledger, misbehave } = provider('hostile')
  misbehave({ kind: 'deaf' }, 1)
  await send('bob@hostile.test', { text: `${'x'.repeat(998)}\r\n`.repeat(16_000) })
  const began = clock.now()
  await passUntil(async () => (await queue()).length === 0, { minutesMax: 60, stepMs: 20_000 })
  assert.deepEqual([ledger.accepted.length, ledger.visits.length], [1, 2])
  const seconds = ((ledger.visits[1]?.openedAt ?? 0) - began) / 1_000
  assert.ok(seconds >= 170, `it was given up after ${seconds} s`)
  await pass(31 * 60_000, { stepMs: 60_000 })
  assert.equal(ledger.open(), 0, 'no connection stays')
})
