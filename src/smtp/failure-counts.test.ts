// Failures add up per address and are forgotten after the window.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../tests/harness/manual-clock.ts'
import { createFailureCounts } from './failure-counts.ts'

test('counts per address, within the window, for a bounded number of addresses', async () => {
  const clock = createManualClock()
  const counts = createFailureCounts(clock, 1000, 2)
  assert.deepEqual([counts.add('a'), counts.add('a'), counts.add('b')], [1, 2, 1])
  await clock.advance(999)
  assert.equal(counts.add('a'), 3)
  await clock.advance(1)
  assert.equal(counts.add('a'), 1)
  assert.deepEqual([counts.add('c'), counts.add('a'), counts.add('b')], [1, 2, 1], 'the quietest address was forgotten')
})
