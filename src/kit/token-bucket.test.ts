// The bucket: burst, refill, debt, a change of rate and a clock that is set back.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenBucket } from './token-bucket.ts'

test('a burst passes, then the rate', () => {
  const bucket = new TokenBucket()
  const rate = { perSecond: 10, burst: 20 }
  let passed = 0
  for (let now = 0; now < 10_000; now += 5) if (bucket.take(1, rate, now)) passed++
  assert.ok(passed >= 119 && passed <= 120, `${passed}`)
})

test('what is larger than the burst passes a full bucket and leaves a debt', () => {
  const bucket = new TokenBucket()
  const rate = { perSecond: 1, burst: 2 }
  assert.equal(bucket.take(50, rate, 0), true)
  assert.equal(bucket.take(1, rate, 48_000), false, 'one token is missing still')
  assert.equal(bucket.take(1, rate, 49_000), true)
})

test('a refusal takes nothing, a faster rate counts at once, a clock set back adds nothing', () => {
  const bucket = new TokenBucket()
  const slow = { perSecond: 1, burst: 1 }
  assert.equal(bucket.take(1, slow, 1_000), true)
  for (let i = 0; i < 100; i++) assert.equal(bucket.take(1, slow, 1_500), false)
  assert.equal(bucket.take(1, { perSecond: 50, burst: 100 }, 1_520), true)
  assert.equal(bucket.take(1, slow, 0), false)
  assert.equal(bucket.take(1, slow, 900), true)
})

test('rest gathers no more than the burst', () => {
  const bucket = new TokenBucket()
  const rate = { perSecond: 10, burst: 20 }
  assert.equal(bucket.take(1, rate, 0), true)
  let passed = 0
  while (bucket.take(1, rate, 3_600_000)) passed++
  assert.equal(passed, 20)
})
