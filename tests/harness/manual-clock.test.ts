// The manual clock fires in order, at the right times, and gives up with a reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pause } from '../../src/kit/clock.ts'
import { createManualClock } from './manual-clock.ts'

test('timers fire in order of time, then of start, each at its own time', async () => {
  const clock = createManualClock(1_000)
  const fired: string[] = []
  const note = (name: string) => () => fired.push(`${name} ${clock.now()}`)
  clock.after(20, note('b'))
  clock.after(10, note('a'))
  clock.after(20, note('c'))
  const gone = clock.after(15, note('never'))
  gone.cancel()
  clock.after(10, () => clock.after(5, note('nested')))
  await clock.advance(19)
  assert.deepEqual(fired, ['a 1010', 'nested 1015'])
  await clock.advance(1)
  assert.deepEqual(fired.slice(2), ['b 1020', 'c 1020'])
  assert.equal(clock.now(), 1_020)
  assert.equal(clock.waiting, 0)
})

test('a timer in the past fires now, not before', async () => {
  const clock = createManualClock(5)
  let at = 0
  clock.after(-10, () => (at = clock.now()))
  assert.equal(at, 0)
  await clock.advance(0)
  assert.equal(at, 5)
})

test('advanceUntil lets work between timers settle and stops when the condition holds', async () => {
  const clock = createManualClock(0)
  let rounds = 0
  const loop = async () => {
    while (rounds < 5) {
      await pause(clock, 60_000)
      await new Promise((resolve) => setImmediate(resolve)) // Real I/O between two timers.
      rounds += 1
    }
  }
  const done = loop()
  await clock.advanceUntil(() => rounds === 3, { minutesMax: 10 })
  assert.equal(clock.now(), 180_000)
  await clock.advanceUntil(() => rounds === 5, { minutesMax: 10 })
  await done
})

test('advanceUntil says why it gave up', async () => {
  const clock = createManualClock(0)
  clock.after(11 * 60_000, () => assert.fail('fired too early'))
  await assert.rejects(
    clock.advanceUntil(() => false, { minutesMax: 10 }),
    /not within 10 minutes/,
  )
  await assert.rejects(
    createManualClock(0).advanceUntil(() => false, { minutesMax: 1 }),
    /no timer is left/,
  )
})
