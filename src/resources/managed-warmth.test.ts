// Managed pools: the daily judgement of an address at a provider.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emptyDay, endDays, freshWarmth, type ManagedDay, type ManagedWarmth } from './managed-warmth.ts'

const began = 20_000
const start = (cap: number): ManagedWarmth => ({ ...freshWarmth('google', false, began), cap })
const after = (warmth: ManagedWarmth, day: Partial<ManagedDay>) =>
  endDays({ ...warmth, today: { ...emptyDay, attempts: day.used ?? 0, ...day } }, 'google', warmth.day + 1)

test('a fresh address begins as the provider bears it', () => {
  const caps = ['google', 'office365', 'yahoo', 'apple', 'gmx/web.de', 'mx mail.shop.test'].map((provider) => freshWarmth(provider, false, began).cap)
  assert.deepEqual(caps, [200, 100, 100, 50, 30, 20])
  assert.equal(freshWarmth('google', true, began).cap, 50_000, 'one that is warm keeps what it had')
})

test('well used, it grows: faster while small', () => {
  for (const [cap, grown] of [
    [200, 300],
    [5_000, 6_500],
    [20_000, 24_000],
    [60_000, 66_000],
  ] as const) {
    assert.equal(after(start(cap), { used: cap * 0.7 }).cap, grown)
    assert.equal(after(start(cap), { used: cap * 0.69 }).cap, cap, 'less use, no growth')
  }
})

test('blocks halve it and hold it a day; a few blocks or many delays hold it', () => {
  const halved = after(start(1_000), { used: 1_000, blocks: 50 })
  assert.equal(halved.cap, 500)
  assert.equal(after(halved, { used: 500 }).cap, 500, 'held for a day')
  assert.equal(after(after(halved, { used: 500 }), { used: 500 }).cap, 750)
  assert.equal(after(start(1_000), { used: 1_000, suspensions: 2 }).cap, 500)
  assert.equal(after(start(1_000), { used: 1_000, blocks: 10 }).cap, 1_000)
  assert.equal(after(start(1_000), { used: 1_000, deferrals: 100 }).cap, 1_000)
  assert.equal(after(start(1_000), { used: 1_000, deferrals: 99, blocks: 9 }).cap, 1_300)
})

test('few attempts prove nothing', () => {
  assert.equal(after(start(200), { used: 200, attempts: 19, blocks: 19 }).cap, 200)
  assert.equal(after(start(1_000), { used: 99, attempts: 99, blocks: 99 }).cap, 1_000)
})

test('without use it fades after three days, and is fresh after thirty', () => {
  let warmth = start(10_000)
  for (const expected of [10_000, 10_000, 8_000, 6_400]) {
    warmth = after(warmth, { used: 100 })
    assert.equal(warmth.cap, expected)
  }
  assert.equal(endDays(start(50_000), 'google', began + 40).cap, 200)
  assert.equal(endDays(start(50_000), 'google', began + 4_000).day, began + 4_000, 'years are no loop of years')
})

test('days that ended one by one or all at once give the same, and never less than can be judged', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 100_000 }), fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 100_000 }), (cap, days, used) => {
      const first = { ...start(cap), today: { ...emptyDay, used, attempts: used, blocks: Math.floor(used / 10) } }
      let slow: ManagedWarmth = first
      for (let day = 1; day <= days; day++) slow = endDays(slow, 'google', began + day)
      const fast = endDays(first, 'google', began + days)
      assert.equal(slow.cap, fast.cap)
      assert.ok(fast.cap >= 10)
    }),
  )
})
