// A listing opens when two looks in a row see it and closes when it stays away; what cannot be read changes nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyLooks, type BlockListRecord, isUnconfirmed, openListings, type SeenListing } from './block-listings.ts'
import { closedListingsKept } from './limits.ts'

const minute = 60_000
const sbl: SeenListing = { list: 'SBL', description: 'why', impact: 'HIGH' }
const pbl: SeenListing = { list: 'PBL', description: 'policy', impact: 'LOW' }

/** Looks by minute, and what opened and closed by each. */
function play(looks: readonly (readonly [number, readonly SeenListing[] | 'unknown'])[]) {
  let record: BlockListRecord | undefined
  const told = looks.map(([at, seen]) => {
    const applied = applyLooks(record, '192.0.2.1', [{ zone: 'z.test', seen }], at * minute)
    record = applied.record
    return [...applied.opened.map(({ list }) => `+${list}`), ...applied.closed.map(({ list }) => `-${list}`)].join(' ')
  })
  return { told, record: record as BlockListRecord }
}

test('two looks open a listing, with the time of the first', () => {
  const { told, record } = play([
    [0, []],
    [10, [sbl]],
    [11, [sbl]],
    [30, [sbl]],
  ])
  assert.deepEqual(told, ['', '', '+SBL', ''])
  const [listing] = openListings(record)
  assert.deepEqual([listing?.firstSeenAt, listing?.openedAt, listing?.lastSeenAt], [10 * minute, 11 * minute, 30 * minute])
})

test('one odd answer opens nothing and is forgotten', () => {
  const { told, record } = play([
    [0, [sbl]],
    [1, []],
    [2, [sbl]],
  ])
  assert.deepEqual([told, openListings(record), isUnconfirmed(record)], [['', '', ''], [], true])
  assert.equal(record.listings[0]?.firstSeenAt, 2 * minute)
})

test('a listing closes when it stays away for half an hour, and not for one clean look', () => {
  const seen = [[0, [sbl, pbl]] as const, [1, [sbl, pbl]] as const]
  assert.deepEqual(play([...seen, [20, [pbl]], [40, [sbl, pbl]], [60, [pbl]], [80, [pbl]]]).told, ['', '+SBL +PBL', '', '', '', ''])
  const { told, record } = play([...seen, [20, [pbl]], [46, [pbl]], [70, [pbl]]])
  assert.deepEqual(told, ['', '+SBL +PBL', '', '-SBL', ''])
  assert.deepEqual(
    openListings(record).map(({ list }) => list),
    ['PBL'],
  )
  assert.equal(record.listings.find(({ list }) => list === 'SBL')?.closedAt, 46 * minute)
})

test('a list that cannot be read opens, closes and forgets nothing; another zone is another listing', () => {
  const { told, record } = play([
    [0, [sbl]],
    [1, 'unknown'],
    [2, [sbl]],
    [3, 'unknown'],
    [90, 'unknown'],
  ])
  assert.deepEqual(told, ['', '', '+SBL', '', ''])
  const other = applyLooks(record, '192.0.2.1', [{ zone: 'other.test', seen: [] }], 200 * minute)
  assert.deepEqual([other.closed, openListings(other.record).length], [[], 1])
})

test('what is listed again is a new listing, and the past is bounded', () => {
  const { record } = play(Array.from({ length: 300 }, (_, round) => [round * 30, round % 4 < 2 ? [sbl] : []] as const))
  const past = record.listings.filter(({ closedAt }) => closedAt !== undefined)
  assert.equal(past.length, closedListingsKept)
  assert.equal(new Set(past.map(({ firstSeenAt }) => firstSeenAt)).size, closedListingsKept)
  assert.equal(past.at(-1)?.firstSeenAt, Math.max(...past.map(({ firstSeenAt }) => firstSeenAt)), 'the newest are kept')
})
