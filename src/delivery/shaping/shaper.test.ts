// Lanes are bounded: what remembers nothing makes room, then the oldest that no site uses; a lane in use is never taken away.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lanesMax } from './limits.ts'
import type { ShapingLane } from './shaping-lane.ts'
import { ownTable } from './rules.ts'
import { createShaper } from './shaper.ts'

const memory = { isRead: true, take: () => undefined, keep() {} }
const place = (site: number) => ({ provider: undefined, hosts: [`mx.n${site}.test`], address: undefined })
const said = { retry: 'slow', scope: 'ip', rule: 'x', retryAfterMs: 0 } as const

test('a lane that counted a reply is forgotten when the hour is over, and at the limit the oldest goes', () => {
  let now = 1_000_000_000
  const shaper = createShaper({ clock: { now: () => now, after: () => ({ cancel() {} }) }, table: () => ownTable, memory })
  const used = shaper.lane(place(0))
  used.share.pools.add({ held: 1, giveWay() {}, pump() {} })
  const first = shaper.lane(place(1))
  const all: ShapingLane[] = []
  for (let site = 1; site < lanesMax + 10; site++) {
    const lane = shaper.lane(place(site))
    lane.learn(said, undefined, now)
    all.push(lane)
  }
  assert.equal(shaper.lane(place(0)), used, 'in use')
  assert.equal(shaper.lane(place(lanesMax + 9)), all.at(-1), 'the newest')
  assert.notEqual(shaper.lane(place(1)), first, 'the oldest was forgotten')
  const [old] = all
  assert.equal(old?.isIdle(now), false)
  now += 3_600_000
  assert.equal(old?.isIdle(now), true)
})
