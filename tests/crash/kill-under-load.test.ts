// What was answered with 200 or 250 survives kill -9; only what was in flight may come twice.
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type KillOptions, type KillReport, killRounds } from './kill-rounds.ts'

test('kill -9 under load loses no answered message and doubles only what was in flight', { timeout: 240_000 }, async (t) => {
  await assertNothingLost(t, 5, {})
})

test('the same when each start is killed too', { timeout: 240_000 }, async (t) => {
  await assertNothingLost(t, 3, { duringStart: true })
})

test('the same while retries wait', { timeout: 240_000 }, async (t) => {
  const report = await assertNothingLost(t, 3, { retries: true })
  assert.ok(report.retried > 20, 'retries must have waited')
})

test('the same with TLS on both sides', { timeout: 240_000 }, async (t) => {
  await assertNothingLost(t, 3, { tls: true })
})

test("the same with TLS, two pools of several addresses, warm-up caps and a tenant's limit, none of which is exceeded", { timeout: 240_000 }, async (t) => {
  const report = await assertNothingLost(t, 4, { bounds: true })
  t.diagnostic(report.used)
  assert.deepEqual(report.broken, [])
})

async function assertNothingLost(t: TestContext, rounds: number, options: KillOptions): Promise<KillReport> {
  const report = await killRounds(rounds, options)
  t.diagnostic(`${report.answered} answered, ${report.doubled} doubled in ${report.rounds} kills, at most ${report.slowestMs} ms before the kill`)
  assert.ok(report.answered > 100, 'the load must be real')
  assert.deepEqual(report.lost, [])
  assert.deepEqual(report.unexplained, [])
  return report
}
