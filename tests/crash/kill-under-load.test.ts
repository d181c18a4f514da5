// What was answered with 200 or 250 survives kill -9; only what was in flight may come twice.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { killRounds } from './kill-rounds.ts'

test('kill -9 under load loses no answered message and doubles only what was in flight', { timeout: 240_000 }, async (t) => {
  const report = await killRounds(5)
  t.diagnostic(`${report.answered} answered, ${report.doubled} doubled in ${report.rounds} kills`)
  assert.ok(report.answered > 100, 'the load must be real')
  assert.deepEqual(report.lost, [])
  assert.deepEqual(report.unexplained, [])
})
