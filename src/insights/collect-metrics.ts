// The road from the event log to daily figures: its own cursor, bounded steps, and each step's figures and the cursor in one commit, so that
// every event counts exactly once whatever happens in between.
import { type Clock, pause } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { insightCursors } from '../ledger/send-points.ts'
import type { EventType, LoggedEvent } from '../model/event.ts'
import type { Change, Store } from '../storage/store.ts'
import { backfillChanges, prunePoints, sendPointChanges } from './collect-send-points.ts'
import { collectEvents, collectMs, collectStepsPerQuestion, metricDaysKept, pruneRows } from './limits.ts'
import { dayOf, measure, type MetricFamily, type MetricName, metricFamilies, type MetricRow, rowKey } from './metric-rows.ts'

const dayMs = 86_400_000

/** The running road. */
export interface MetricCollection {
  /** Counts what is new, so that an answer is up to date; gives up after a bounded number of steps. Repeatable, shared by callers. */
  catchUp(): Promise<void>
  /** Ends after the step that runs. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'get' | 'list' | 'commit' | 'events'>
  readonly clock: Clock
  readonly log: Log
  /** BULKHEAD_HOSTNAME: its simulator does not count. */
  readonly hostname: string
}

/** Starts it. */
export function startMetricCollection(parts: Parts): MetricCollection {
  const { clock, log } = parts
  const stopping = new AbortController()
  let running: Promise<boolean> | undefined

  /** One step at a time, whoever asks; answers whether more may be there. */
  const step = (): Promise<boolean> => {
    running ??= collectStep(parts).finally(() => {
      running = undefined
    })
    return running
  }

  async function loop(): Promise<void> {
    let prunedOn = ''
    while (!stopping.signal.aborted) {
      await pause(clock, collectMs, stopping.signal)
      try {
        while (!stopping.signal.aborted && (await step())) {
          // On to the next step.
        }
        const today = dayOf(clock.now())
        if (!stopping.signal.aborted && prunedOn !== today) {
          await prune(parts.store, dayOf(clock.now() - metricDaysKept * dayMs))
          await prunePoints(parts.store, clock.now())
          prunedOn = today
        }
      } catch (fault) {
        log.warn({ err: String(fault) }, 'the event log could not be counted now')
      }
    }
  }
  const looping = loop()

  return {
    async catchUp() {
      // A step that runs may have read before the newest event was there.
      await running?.catch(() => {})
      for (let steps = 0; steps < collectStepsPerQuestion && !stopping.signal.aborted; steps++) if (!(await step())) return
    },
    async close() {
      stopping.abort()
      await looping
      await running?.catch(() => {})
    },
  }
}

async function collectStep({ store, clock, hostname }: Parts): Promise<boolean> {
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
    if (!measured || !(await isFirst(store, event))) continue
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

/** Opens and clicks count once for each message, as in SES. */
async function isFirst(store: Pick<Store, 'events'>, { type, messageId, position }: LoggedEvent): Promise<boolean> {
  const once: readonly EventType[] = ['OPEN', 'CLICK']
  if (!once.includes(type)) return true
  const [first] = await store.events({ after: 0, limit: 1, messageId, types: [type] })
  return first === undefined || first.position === position
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
