// Limits, pauses, trust in new addresses and greylisting of the simulated providers, by the numbers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Greylist } from './greylist.ts'
import { Quotas } from './quotas.ts'
import { Reputation } from './reputation.ts'

const minute = 60_000
const day = 86_400_000
const fail = () => assert.fail('no breach')

test('a window lets so many through and forgets with time', () => {
  const quotas = new Quotas(minute, { ms: 10 * minute, strict: false })
  for (let i = 0; i < 3; i++) {
    assert.equal(quotas.limited('ip a', 3, i * 1_000, fail), undefined)
    quotas.count(['ip a'], i * 1_000)
  }
  assert.equal(quotas.limited('ip b', 3, 3_000, fail), undefined, 'another subject')
  assert.equal(quotas.limited('ip a', 3, 3_000, fail), 'first')
  assert.equal(quotas.limited('ip a', 3, 10 * minute, fail), 'first', 'the penalty lasts')
  assert.equal(quotas.limited('ip a', 3, 10 * minute + 3_001, fail), undefined)
})

test('a strict pause forgives what was under way and starts anew with whatever comes later', () => {
  const quotas = new Quotas(minute, { ms: 10 * minute, strict: true, stepMs: minute })
  let breaches = 0
  const breach = () => breaches++
  assert.equal(quotas.limited('ip a', 0, 0, breach), 'first')
  assert.equal(quotas.limited('ip a', 0, 900, breach), 'first')
  assert.equal(quotas.breaksPause('ip a', 900), false)
  assert.equal(breaches, 0)
  assert.equal(quotas.breaksPause('ip a', 9 * minute), true)
  assert.equal(quotas.pausedUntil('ip a'), 19 * minute)
  assert.equal(quotas.limited('ip a', 100, 18 * minute, breach), 'first')
  assert.equal(breaches, 1)
  assert.equal(quotas.pausedUntil('ip a'), 28 * minute)
  assert.equal(quotas.breaksPause('ip a', 28 * minute), false)
  // One connection, then one more for each minute.
  assert.deepEqual(
    [28, 28.9, 29, 31, 60].map((at) => quotas.connections('ip a', 5, at * minute)),
    [1, 1, 2, 4, 5],
  )
  assert.equal(quotas.connections('ip b', 5, 28 * minute), 5)
})

test('who does not listen hears harder words for longer', () => {
  const quotas = new Quotas(minute, { ms: minute, strict: false, escalation: { hardAfter: 3, finalAfter: 6, factor: 2 } })
  const heard = Array.from({ length: 8 }, (_, i) => quotas.limited('ip a', 0, i * 1_000, fail))
  assert.deepEqual(heard, ['first', 'first', 'first', 'hard', 'hard', 'hard', 'final', 'final'])
  assert.equal(quotas.pausedUntil('ip a'), 7_000 + 4 * minute)
})

test('reputation falls fast, rises slowly, and decides between inbox and spam folder', () => {
  const reputation = new Reputation()
  assert.equal(reputation.placement(['ip a', 'dkim a.test'], 30), 'inbox')
  for (let i = 0; i < 6; i++) reputation.bad(['dkim a.test'], 'complaint')
  assert.equal(reputation.placement(['ip a', 'dkim a.test'], 30), 'spam')
  const low = reputation.score('dkim a.test')
  for (let i = 0; i < 50; i++) reputation.good(['dkim a.test'], 0)
  assert.ok(reputation.score('dkim a.test') > low && reputation.score('dkim a.test') < 40, 'fifty good messages do not undo six complaints')
  for (let i = 0; i < 1_000; i++) reputation.bad(['ip a'], 'unknown-user')
  assert.equal(reputation.score('ip a'), 0)
})

test('a new address may bring little, and more each day that it was used', () => {
  const reputation = new Reputation()
  const trust = { perDay: 50, growth: 1.5 }
  const sent = (count: number, at: number) => {
    for (let i = 0; i < count; i++) reputation.good(['ip a'], at)
  }
  assert.equal(reputation.allowance('ip a', trust, 0), 50)
  sent(50, 0)
  assert.deepEqual([reputation.today('ip a', day - 1), reputation.today('ip a', day)], [50, 0])
  assert.equal(reputation.allowance('ip a', trust, day - 1), 50, 'not on the same day')
  assert.equal(reputation.allowance('ip a', trust, day), 75)
  sent(75, day)
  assert.equal(reputation.allowance('ip a', trust, 5 * day), 112)
  assert.equal(reputation.allowance('ip a', trust, 40 * day), 50, 'forgotten after a month')
})

test('greylisting knows address, sender and recipient', () => {
  const list = new Greylist({ waitMs: 300_000, passesUntilTrusted: 2 })
  assert.deepEqual(list.ask('a', 's@x', 'r@y', 0), { kind: 'wait', seconds: 300, early: false, elsewhere: undefined })
  assert.deepEqual(list.ask('a', 's@x', 'r@y', 100_000), { kind: 'wait', seconds: 200, early: true, elsewhere: undefined })
  assert.deepEqual(list.ask('b', 's@x', 'r@y', 300_000), { kind: 'wait', seconds: 300, early: false, elsewhere: 'a' })
  assert.deepEqual(list.ask('a', 'S@x', 'r@y', 300_000), { kind: 'pass' })
  assert.equal(list.ask('a', 'other@x', 'r@y', 300_000).kind, 'wait')
  assert.equal(list.ask('a', 'other@x', 'r@y', 600_000).kind, 'pass')
  assert.equal(list.ask('a', 'third@x', 'r@y', 600_000).kind, 'pass', 'trusted now')
  assert.equal(list.ask('b', 'third@x', 'r@y', 600_000).kind, 'wait')
})
