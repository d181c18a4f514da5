// Pools of one site never starve each other, and never end connections that nobody else needs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionShare, type SharingPool } from './connection-share.ts'

function pool(share: ConnectionShare, held: number): SharingPool & { held: number; ended: number; pumps: number } {
  const made = {
    held,
    ended: 0,
    pumps: 0,
    giveWay() {
      made.ended++
    },
    pump() {
      made.pumps++
    },
  }
  share.pools.add(made)
  return made
}

test('one pool has all; two have half each at least; one with nothing is always given one', () => {
  const alone = new ConnectionShare()
  assert.ok(alone.mayOpen(pool(alone, 9), 10), 'a pool without neighbours has all')
  const share = new ConnectionShare()
  const rich = pool(share, 7)
  const poor = pool(share, 3)
  assert.equal(share.mayOpen(poor, 10), false)
  assert.equal(rich.ended, 1)
  rich.held = 6
  share.released(rich)
  assert.equal(poor.pumps, 1)
  assert.ok(share.mayOpen(poor, 10))
  rich.held = poor.held = 5
  assert.equal(share.mayOpen(poor, 10), false)
  assert.equal(rich.ended, 1, 'not below the half')
  const late = pool(share, 0)
  assert.equal(share.mayOpen(late, 10), false)
  assert.equal(rich.ended + poor.ended, 2)
})

test('more pools than connections take turns', () => {
  const share = new ConnectionShare()
  const [one, two] = [pool(share, 1), pool(share, 1)]
  const third = pool(share, 0)
  assert.equal(share.mayOpen(third, 2), false)
  assert.equal(one.ended + two.ended, 1)
  assert.equal(share.mayOpen(one, 2), false, 'a pool that has one waits')
  assert.equal(one.ended + two.ended, 1)
})
