// What replies mean: every specimen in tests/specimens/replies is judged as it says, nothing of the order of rules is left to luck,
// and no text at all makes a hard bounce where nobody spoke of a recipient.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { allReplyRules, classifyReply, type ReplyClass, type ReplyPhase } from './classify-reply.ts'

interface Specimen {
  readonly provider?: string
  readonly phase: ReplyPhase
  readonly reply: string
  readonly expect: Readonly<Record<string, string>>
}

const folder = join(import.meta.dirname, '../../tests/specimens/replies')
const specimens = readdirSync(folder).flatMap((file) =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Specimen),
)
const phases: readonly ReplyPhase[] = ['connect', 'banner', 'ehlo', 'starttls', 'mail', 'rcpt', 'data', 'dot', 'async-dsn']

function fieldsOf({ bounce, retry, scope, countsAgainstTenant }: ReplyClass): Record<string, string> {
  return { ...bounce, retry, scope, countsAgainstTenant }
}

test('every specimen is judged as labelled, in every field', (t) => {
  const right = new Map<string, number>()
  const asked = new Map<string, number>()
  const wrong: string[] = []
  let falsePermanent = 0
  for (const { provider, phase, reply, expect } of specimens) {
    const judged = classifyReply(phase, reply, provider)
    const found = fieldsOf(judged)
    if (found.bounceType === 'Permanent' && expect.bounceType !== 'Permanent') falsePermanent++
    for (const [field, wanted] of Object.entries(expect)) {
      asked.set(field, (asked.get(field) ?? 0) + 1)
      if (found[field] === wanted) right.set(field, (right.get(field) ?? 0) + 1)
      else wrong.push(`${provider ?? '-'} ${phase}: ${reply} – ${field} is ${found[field]}, not ${wanted} (${judged.rule})`)
    }
  }
  const share = [...right].map(([field, count]) => `${field} ${((100 * count) / (asked.get(field) ?? 1)).toFixed(1)} %`).join(', ')
  t.diagnostic(`${specimens.length} specimens: ${share}, false Permanent ${falsePermanent}`)
  assert.deepEqual(wrong, [])
  assert.ok(specimens.length >= 400, `${specimens.length} specimens`)
})

test('what is known of a provider needs no provider where its words cannot be mistaken', () => {
  // The same specimens without their provider: none may turn into a hard bounce, and nearly all keep their type.
  const known = specimens.filter(({ provider }) => provider !== undefined && provider !== 'local')
  const kept = known.filter(({ phase, reply, expect }) => {
    const { bounce } = classifyReply(phase, reply)
    assert.ok(bounce.bounceType !== 'Permanent' || expect.bounceType === 'Permanent', reply)
    return bounce.bounceType === expect.bounceType
  })
  assert.ok(kept.length >= known.length * 0.95, `${kept.length} of ${known.length}`)
})

test('names of rules are unique and say who speaks', () => {
  const names = allReplyRules().map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const name of names) assert.match(name, /^[a-z0-9.-]+\/[a-z0-9.-]+$/)
})

test('whatever the words: before RCPT nothing is hard, a 4xx is never final, and a 5xx always is', () => {
  const texts = specimens.map(({ reply }) => reply.replace(/^\d{3}/, ''))
  const text = fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 200 }))
  fc.assert(
    fc.property(fc.constantFrom(...phases), fc.integer({ min: 400, max: 599 }), text, (phase, code, words) => {
      const judged = classifyReply(phase, `${code} ${words.replace(/^[\s-]+/, '')}`)
      if (['banner', 'ehlo', 'starttls', 'mail'].includes(phase)) assert.notEqual(judged.countsAgainstTenant, 'hard')
      if (code < 500) assert.equal(judged.bounce.bounceType, 'Transient')
      if (code < 500 && phase !== 'async-dsn') assert.ok(judged.mayRetry && judged.retry !== 'no')
      if (code >= 500 && ['mail', 'rcpt', 'data', 'dot'].includes(phase)) assert.equal(judged.mayRetry, false)
      if (judged.countsAgainstTenant === 'hard') assert.equal(judged.bounce.bounceType, 'Permanent')
      assert.ok(judged.retryAfterMs >= 0 && judged.retryAfterMs <= 12 * 3_600_000)
    }),
    { numRuns: 2_000 },
  )
})

test('a word inside an address, a host name or a link is no reason', () => {
  for (const reply of [
    '550 5.0.0 <quota.exceeded-virus@spamtrap.test> refused',
    '550 5.0.0 refused by mailbox-full.virus.example, see https://help.test/user-unknown',
  ])
    assert.equal(classifyReply('rcpt', reply).rule, 'phase/rcpt')
})

test('the phase that a report quotes counts', () => {
  assert.equal(classifyReply('async-dsn', 'host mx.far.test[192.0.2.9] said: 550 no (in reply to RCPT TO command)').bounce.bounceType, 'Permanent')
  assert.equal(classifyReply('async-dsn', 'host mx.far.test[192.0.2.9] said: 550 no (in reply to end of DATA command)').bounce.bounceType, 'Undetermined')
})

test('a reply whose bytes were read as Latin-1 is understood', () => {
  const asRead = Buffer.from('550 Empfänger unbekannt').toString('latin1')
  assert.equal(classifyReply('rcpt', asRead).bounce.bounceSubType, 'NoEmail')
})

test('delay types follow what happened', () => {
  const delayOf = (reply: string) => classifyReply('dot', reply).delayType
  assert.equal(delayOf('452 4.2.2 Mailbox full'), 'MailboxFull')
  assert.equal(delayOf('421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred'), 'IPFailure')
  assert.equal(delayOf('451 DT:SPM ,please try again'), 'SpamDetected')
  assert.equal(delayOf('451 Temporary local problem - please try later'), 'RecipientServerError')
  assert.equal(delayOf('451 4.4.3 Name server failure for far.test'), 'TransientCommunicationFailure')
})
