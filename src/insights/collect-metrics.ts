// The road from the event log to daily figures: its own cursor, bounded steps, and each step's figures and the cursor in one commit, so that
// every event counts exactly once whatever happens in between.
import { setImmediate as turn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { insightCursors } from '../ledger/send-points.ts'
import type { EventType, LoggedEvent } from '../model/event.ts'
import type { Change, Store } from '../storage/store.ts'
import { backfillChanges, prunePoints, sendPointChanges } from './collect-send-points.ts'
import { followLog, type LogFollower } from './follow-log.ts'
import { collectEvents, collectMs, collectStepsPerQuestion, engagedMessagesMax, metricDaysKept, pruneRows } from './limits.ts'
import { dayOf, measure, type MetricFamily, type MetricName, metricFamilies, type MetricRow, rowKey } from './metric-rows.ts'

const dayMs = 86_400_000

interface Parts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'events'>
  readonly clock: Clock
  readonly log: Log
  /** BULKHEAD_HOSTNAME: its simulator does not count. */
  readonly hostname: string
}

/** Starts it. */
export function startMetricCollection(parts: Parts): LogFollower {
  const { store, clock, log } = parts
  let prunedOn = ''
  const firsts = new LRUCache<string, number>({ max: engagedMessagesMax })
  return followLog({
    clock,
    log,
    everyMs: collectMs,
    stepsPerQuestion: collectStepsPerQuestion,
    failed: 'the event log could not be counted now',
    step: () => collectStep(parts, firsts),
    async care() {
      const today = dayOf(clock.now())
      if (prunedOn === today) return
      await prune(store, dayOf(clock.now() - metricDaysKept * dayMs))
      await prunePoints(store, clock.now())
      prunedOn = today
    },
  })
}

async function collectStep({ store, clock, hostname }: Parts, firsts: LRUCache<string, number>): Promise<boolean> {
  const cursor = await store.get(insightCursors, 'metrics')
  const moveTo = (position: number): Change => {
    return { type: 'put', collection: insightCursors, key: 'metrics', value: { position, points: true }, expect: cursor?.version ?? 'absent' }
  }
  if (cursor && !cursor.value.points) {
    const { position } = cursor.value
    await store.commit([...(await backfillChanges(store, hostname, position, clock.now())), moveTo(position)])
    return true
  }
  const events = await store.events({ after: cursor?.value.position ?? 0, limit: collectEvents })
  const last = events.at(-1)
  if (!last) return false
  const added = new Map<string, { family: MetricFamily; key: string; counts: Partial<Record<MetricName, number>> }>()
  for (const event of events) {
    const measured = measure(event, hostname)
    if (!measured || !(await isFirst(store, firsts, event))) continue
    for (const family of metricFamilies) {
      const key = rowKey(family, dayOf(event.at), measured.dimensions)
      if (key === undefined) continue
      const name = `${family.collection.name} ${key}`
      const row = added.get(name) ?? { family, key, counts: {} }
      for (const metric of measured.metrics) row.counts[metric] = (row.counts[metric] ?? 0) + 1
      added.set(name, row)
    }
  }
  const changes = await Promise.all(
    [...added.values()].map(async ({ family, key, counts }): Promise<Change> => {
      const before = (await store.get(family.collection, key))?.value.counts ?? {}
      const value: MetricRow = {
        counts: { ...before, ...Object.fromEntries(Object.entries(counts).map(([metric, by]) => [metric, (before[metric as MetricName] ?? 0) + by])) },
      }
      return { type: 'put', collection: family.collection, key, value }
    }),
  )
  const result = await store.commit([...changes, ...(await sendPointChanges(store, events, hostname)), moveTo(last.position)])
  return !result.committed || events.length === collectEvents
}

/** Opens and clicks count once for each message, as in SES. A message that is opened again and again has many events: each is not a reason to read them all. */
async function isFirst(store: Pick<Store, 'events'>, firsts: LRUCache<string, number>, { type, messageId, position }: LoggedEvent): Promise<boolean> {
  const once: readonly EventType[] = ['OPEN', 'CLICK']
  if (!once.includes(type)) return true
  const name = `${type} ${messageId}`
  let first = firsts.get(name)
  if (first === undefined) {
    // Hundreds of these in one step would hold up every request.
    await turn()
    first = (await store.events({ after: 0, limit: 1, messageId, types: [type] }))[0]?.position ?? position
    firsts.set(name, first)
  }
  return first === position
}

async function prune(store: Pick<Store, 'list' | 'commit'>, before: string): Promise<void> {
  for (const { collection: rows } of metricFamilies) {
    for (;;) {
      const old = (await store.list(rows, { limit: pruneRows })).filter(({ key }) => key < before)
      if (old.length === 0) break
      await store.commit(old.map(({ key }) => ({ type: 'remove', collection: rows, key })))
    }
  }
}
