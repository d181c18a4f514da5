// Ids rise with time, through bursts and through a clock that goes back, and start above the earlier process.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueueIds } from './queue-ids.ts'

test('ids rise whatever the clock does', () => {
  const ids = new QueueIds(0)
  const first = ids.mint(1_000)
  const burst = Array.from({ length: 5_000 }, () => ids.mint(1_000))
  const back = ids.mint(10)
  const later = ids.mint(10_000)
  const all = [first, ...burst, back, later]
  assert.ok(all.every((id, index) => index === 0 || id > (all[index - 1] ?? 0)))
  assert.equal(later, 10_000 * 2_048, 'time carries the id when it has gone on')
})

test('ids begin above those of the earlier process and stay safe integers for decades', () => {
  assert.equal(new QueueIds(5_000_000).mint(1), 5_000_001)
  assert.ok(Number.isSafeInteger(new QueueIds(0).mint(Date.UTC(2100, 0, 1))))
})
