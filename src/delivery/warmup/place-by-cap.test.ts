// Which address a message takes: its own while that has room, then the others of its pool, the shared pool only while young, otherwise none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AddressCaps, Asked } from './address-caps.ts'
import { placeByCap } from './place-by-cap.ts'
import type { WarmingAddress } from './warming-pool.ts'

const address = (last: number): WarmingAddress => ({
  address: `192.0.2.${last}`,
  ehloName: `m${last}.test`,
  warmup: { warmupPercentage: 10 },
  plan: undefined,
  managed: false,
})
const pool = { name: 'p', addresses: [address(1), address(2), address(3)], overflow: [address(8), address(9)] }

/** Asks with these addresses full, each until a time of its own; `warmth` is that of all. */
function choose(
  full: readonly number[],
  { warmth = 0.01, start = 1, waits, again, untilMs = 1_000 }: { warmth?: number; start?: number; waits?: number; again?: number; untilMs?: number } = {},
): string {
  const caps: Pick<AddressCaps, 'ask' | 'slot'> = {
    ask({ address: text }): Asked {
      const last = Number(text.split('.')[3])
      if (last === waits) return { kind: 'wait', ready: Promise.resolve() }
      // Only what the function looks at.
      return full.includes(last) ? ({ kind: 'full', until: last * untilMs, warmth } as Asked) : { kind: 'place', reservation: undefined }
    },
    slot: ({ until }) => until,
  }
  const placed = placeByCap(caps, pool, 'google', start, 0, again === undefined ? undefined : address(again))
  if (placed.kind === 'place') return `${placed.address.address}${placed.overflowed ? ' overflow' : ''}`
  return placed.kind === 'later' ? `later ${placed.at}` : 'wait'
}

test('the same address while it has room, then the next ones of the pool', () => {
  assert.equal(choose([]), '192.0.2.2')
  assert.equal(choose([2]), '192.0.2.3')
  assert.equal(choose([2, 3]), '192.0.2.1')
})

test('a young pool without room overflows to the shared one; an older one waits for the first address with room', () => {
  assert.equal(choose([1, 2, 3]), '192.0.2.9 overflow')
  assert.equal(choose([1, 2, 3, 9]), '192.0.2.8 overflow')
  assert.equal(choose([1, 2, 3], { warmth: 0.49 }), '192.0.2.9 overflow')
  assert.equal(choose([1, 2, 3], { warmth: 0.5 }), 'later 1000')
  assert.equal(choose([1, 2, 3, 8, 9]), 'later 1000')
})

test('what is not known yet is waited for before another address is taken', () => {
  assert.equal(choose([], { waits: 2 }), 'wait')
  assert.equal(choose([2], { waits: 3 }), 'wait')
  assert.equal(choose([1, 2, 3], { waits: 9 }), 'wait')
})

test('mail that was put off goes by the address that tried it, and waits an hour for its room', () => {
  assert.equal(choose([], { again: 1 }), '192.0.2.1')
  assert.equal(choose([1], { again: 1 }), 'later 1000')
  assert.equal(choose([1], { again: 1, untilMs: 3_600_000 }), 'later 3600000')
  assert.equal(choose([1], { again: 1, untilMs: 3_600_001 }), '192.0.2.2')
  assert.equal(choose([], { again: 1, waits: 1 }), 'wait')
})
