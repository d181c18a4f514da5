// Points of fifteen minutes from an event log.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventType, LoggedEvent } from '../model/event.ts'
import type { EventQuery } from '../storage/store.ts'
import { statisticsEventsMax } from './limits.ts'
import { sendStatistics } from './send-statistics.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** A log with gaps between positions; counts reads. */
function logOf(events: readonly { at: number; type: EventType; destination?: string[]; detail?: Record<string, unknown> }[], gap = 3) {
  const rows = events.map(({ at, type, destination = ['a@b.test'], detail = {} }, index) => ({
    at,
    type,
    detail,
    mail: { destination },
    position: (index + 1) * gap,
  }))
  let reads = 0
  return {
    reads: () => reads,
    lastEventPosition: async () => rows.at(-1)?.position ?? 0,
    async events({ after, limit, types }: EventQuery) {
      reads++
      return rows.filter(({ position, type }) => position > after && (types?.includes(type) ?? true)).slice(0, limit) as unknown as LoggedEvent[]
    },
  }
}

test('recipients are counted in the quarter of an hour of their event', async () => {
  const now = 100 * day
  const log = logOf([
    { at: now - 14 * day - 1, type: 'SEND' },
    { at: now - 14 * day, type: 'SEND', destination: ['a', 'b'] },
    { at: now - 14 * day + 15 * minute - 1, type: 'SEND' },
    { at: now - 14 * day + 15 * minute, type: 'REJECT' },
    { at: now - minute, type: 'DELIVERY' },
    { at: now - minute, type: 'BOUNCE', detail: { bounceType: 'Permanent', bouncedRecipients: [{}, {}] } },
    { at: now - minute, type: 'BOUNCE', detail: { bounceType: 'Transient', bouncedRecipients: [{}] } },
    { at: now - minute, type: 'COMPLAINT', detail: { complainedRecipients: [{}] } },
  ])
  const point = (at: number, counts: object) => ({ at, deliveryAttempts: 0, bounces: 0, complaints: 0, rejects: 0, ...counts })
  assert.deepEqual(await sendStatistics(log, now), [
    point(now - 14 * day, { deliveryAttempts: 3 }),
    point(now - 14 * day + 15 * minute, { rejects: 1 }),
    point(now - 15 * minute, { bounces: 2, complaints: 1 }),
  ])
  assert.deepEqual(await sendStatistics(logOf([]), now), [])
})

test('old events are found past, not read, and a long log is read to a bound', async () => {
  const now = 100 * day
  const old = logOf(Array.from({ length: 5_000 }, (_, index) => ({ at: now - 50 * day + index, type: 'SEND' as const })))
  assert.deepEqual(await sendStatistics(old, now), [])
  assert.ok(old.reads() < 20, `${old.reads()} reads`)

  let highest = 0
  const endless = {
    lastEventPosition: async () => 10 * statisticsEventsMax,
    async events({ after, limit }: EventQuery) {
      highest += limit
      return Array.from({ length: limit }, (_, index) => ({
        at: now,
        type: 'SEND',
        detail: {},
        mail: { destination: ['a'] },
        position: after + index + 1,
      })) as unknown as LoggedEvent[]
    },
  }
  const [point] = await sendStatistics(endless, now)
  assert.equal(point?.deliveryAttempts, statisticsEventsMax)
  assert.ok(highest <= statisticsEventsMax + 100)
})
