// Local parts choose behaviours; everything else is accepted.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { behaviourOf, farBehaviours } from './behaviours.ts'

test('a local part chooses its behaviour, in any case and with any label', () => {
  const once = { kind: 'reply-to-rcpt', reply: '451 4.2.1 Mailbox is busy, try again later' }
  assert.deepEqual(behaviourOf('tempfail-2@far.test'), { ...once, times: 2 })
  assert.deepEqual(behaviourOf('TempFail-12+someone@far.test'), { ...once, times: 12 })
  assert.deepEqual(behaviourOf('tempfail@far.test'), { ...once, times: Number.POSITIVE_INFINITY })
  assert.deepEqual(behaviourOf('wait-3@far.test'), { kind: 'wait', waitMs: 3_000 })
  assert.deepEqual(behaviourOf('wait-99999@far.test'), { kind: 'wait', waitMs: 900_000 })
})

test('other recipients are accepted', () => {
  for (const address of [
    'ann@far.test',
    'slow.down@far.test',
    'full-3@far.test',
    'wait@far.test',
    'tempfail-@far.test',
    '"busy"@far.test',
    'toString@far.test',
    'postmaster',
  ]) {
    assert.deepEqual(behaviourOf(address), { kind: 'accept' }, address)
  }
})

test('every row of the table does something', () => {
  for (const { name } of farBehaviours) assert.notEqual(behaviourOf(`${name.replace('-N', '-1')}@far.test`).kind, 'accept', name)
})
