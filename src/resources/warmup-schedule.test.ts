// Warm-up by time: 45 days from 50 to 50,000 a day, another start, a plan of one's own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hourlyCap, scheduledCap, warmupStanding } from './warmup-schedule.ts'

const dayMs = 86_400_000
const began = 20_000
const at = (day: number) => (began + day) * dayMs + 12 * 3_600_000

test('the schedule grows by the same factor each day, from 50 to 50,000', () => {
  const caps = Array.from({ length: 45 }, (_, day) => scheduledCap(day + 1))
  assert.deepEqual([caps[0], caps[44]], [50, 50_000])
  for (const [index, cap] of caps.slice(1).entries()) assert.ok(Math.abs(cap / (caps[index] ?? 0) - 1.17) < 0.02, `${caps[index]} to ${cap}`)
})

test('time alone moves a fresh address, and after 45 days there is no cap', () => {
  const fresh = { warmupPercentage: 0, warmupSinceDay: began }
  assert.deepEqual(warmupStanding(fresh, undefined, at(0)), { percentage: 0, capToday: 50 })
  assert.deepEqual(warmupStanding(fresh, undefined, at(1)), { percentage: 4, capToday: 58 })
  assert.deepEqual(warmupStanding(fresh, undefined, at(44)), { percentage: 100, capToday: 50_000 })
  assert.deepEqual(warmupStanding(fresh, undefined, at(45)), { percentage: 100, capToday: undefined })
  assert.deepEqual(warmupStanding(fresh, undefined, at(-3)), { percentage: 0, capToday: 50 }, 'a clock that was set back')
})

test('a percentage that was set goes on from there, or stays without automatic warm-up; 100 is done', () => {
  const set = { warmupPercentage: 40, warmupSinceDay: began }
  assert.deepEqual(warmupStanding(set, undefined, at(0)), { percentage: 40, capToday: scheduledCap(18) })
  assert.deepEqual(warmupStanding(set, undefined, at(9)), { percentage: 60, capToday: scheduledCap(27) })
  assert.deepEqual(warmupStanding({ warmupPercentage: 40 }, undefined, at(30)), { percentage: 40, capToday: scheduledCap(18) })
  assert.deepEqual(warmupStanding({ warmupPercentage: 100 }, undefined, at(0)), { percentage: 100, capToday: undefined })
})

test('a plan of its own says the caps and the number of days', () => {
  const plan = [10, 20, 40, 80]
  const caps = [0, 1, 2, 3, 4].map((day) => warmupStanding({ warmupPercentage: 0, warmupSinceDay: began }, plan, at(day)))
  assert.deepEqual(
    caps.map(({ capToday }) => capToday),
    [10, 20, 40, 80, undefined],
  )
  assert.deepEqual(
    caps.map(({ percentage }) => percentage),
    [0, 50, 75, 100, 100],
  )
})

test('an hour gets a twelfth of the day, and at least one message', () => {
  assert.deepEqual([1, 12, 50, 50_000].map(hourlyCap), [1, 1, 4, 4_166])
})
