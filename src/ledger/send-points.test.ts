// Points of fifteen minutes: what an event adds, what the log and the records answer.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventType, LoggedEvent } from '../model/event.ts'
import type { EventQuery } from '../storage/store.ts'
import { countLog, countsOf, pointKey, pointMs, positionBefore, readSendPoints } from './send-points.ts'

const day = 24 * 3_600_000

interface Row {
  readonly at: number
  readonly type: EventType
  readonly destination?: string[]
  readonly detail?: Record<string, unknown>
}

const eventOf = ({ at, type, destination = ['a@b.test'], detail = {} }: Row, position: number) =>
  ({ at, type, detail, mail: { destination }, position }) as unknown as LoggedEvent

/** A log with gaps between positions; counts reads. */
function logOf(rows: readonly Row[]) {
  const events = rows.map((row, index) => eventOf(row, (index + 1) * 3))
  let reads = 0
  return {
    reads: () => reads,
    async events({ after, limit, types }: EventQuery) {
      reads++
      return events.filter(({ position, type }) => position > after && (types?.includes(type) ?? true)).slice(0, limit)
    },
  }
}

test('recipients count, the simulator and what was held back do not', () => {
  const counts = (row: Omit<Row, 'at'>) => Object.values(countsOf(eventOf({ at: 0, ...row }, 1), 'mail.test') ?? {})
  const simulator = 'bounce+1@simulator.amazonses.com'
  const named = (...addresses: string[]) => addresses.map((emailAddress) => ({ emailAddress }))
  assert.deepEqual(counts({ type: 'SEND', destination: ['a@b.test', simulator, 'x@simulator.mail.test', 'c@b.test'] }), [2, 0, 0, 0])
  assert.deepEqual(counts({ type: 'SEND', destination: [] }), [1, 0, 0, 0])
  assert.deepEqual(counts({ type: 'BOUNCE', detail: { bounceType: 'Permanent', bouncedRecipients: named('a@b.test', simulator, 'c@b.test') } }), [0, 2, 0, 0])
  assert.deepEqual(counts({ type: 'BOUNCE', detail: { bounceType: 'Permanent', bounceSubType: 'OnAccountSuppressionList' } }), [])
  assert.deepEqual(counts({ type: 'BOUNCE', detail: { bounceType: 'Transient' } }), [])
  assert.deepEqual(counts({ type: 'COMPLAINT', detail: { complainedRecipients: named(simulator) } }), [0, 0, 0, 0])
  assert.deepEqual(counts({ type: 'COMPLAINT', detail: { complainedRecipients: [null, 7] } }), [0, 0, 2, 0])
  assert.deepEqual(counts({ type: 'REJECT' }), [0, 0, 0, 1])
  assert.deepEqual(counts({ type: 'DELIVERY' }), [])
})

test('the log is counted between two positions, and old events are found past, not read', async () => {
  const log = logOf(Array.from({ length: 5_000 }, (_, index) => ({ at: index * pointMs, type: 'SEND' as const })))
  const position = await positionBefore(log, 4_000 * pointMs, 0, 15_000)
  assert.ok(log.reads() < 20, `${log.reads()} reads`)
  const counted = await countLog(log, 'mail.test', { after: position, until: 14_997, types: ['SEND'] })
  assert.equal(counted.size, 999)
  assert.equal(counted.get(pointKey(4_000 * pointMs))?.deliveryAttempts, 1)
  assert.equal(counted.get(pointKey(3_999 * pointMs)), undefined)
})

test('points are read by time, in pages', async () => {
  const now = 100 * day
  const one = { deliveryAttempts: 1, bounces: 0, complaints: 0, rejects: 0 }
  const keys = Array.from({ length: 3_000 }, (_, index) => pointKey(now - index * pointMs)).sort()
  const store = {
    async list(_collection: object, { after = '', limit }: { after?: string; limit: number }) {
      return keys
        .filter((key) => key > after)
        .slice(0, limit)
        .map((key) => ({ key, value: one, version: 1 })) as never
    },
  }
  const points = await readSendPoints(store, now - 14 * day)
  assert.equal(points.length, 14 * 96 + 1)
  assert.deepEqual(points.at(-1), { at: now, ...one })
  assert.equal(points[0]?.at, now - 14 * day)
})
