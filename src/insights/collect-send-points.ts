// What a step of the metric collection adds to the points of fifteen minutes that GetSendStatistics shows and the daily quota starts from.
import { addCounts, countLog, countsOf, pointKey, pointSpanMs, positionBefore, type SendCounts, sendPoints } from '../ledger/send-points.ts'
import type { LoggedEvent } from '../model/event.ts'
import type { Change, Store } from '../storage/store.ts'
import { pruneRows } from './limits.ts'

/** The points that events change, as changes of the step's commit. */
export async function sendPointChanges(store: Pick<Store, 'get'>, events: readonly LoggedEvent[], hostname: string): Promise<Change[]> {
  const added = new Map<string, SendCounts>()
  for (const event of events) {
    const counts = countsOf(event, hostname)
    if (counts) added.set(pointKey(event.at), addCounts(added.get(pointKey(event.at)), counts))
  }
  return Promise.all(
    [...added].map(async ([key, counts]): Promise<Change> => {
      const before = await store.get(sendPoints, key)
      return { type: 'put', collection: sendPoints, key, value: addCounts(before?.value, counts) }
    }),
  )
}

/** All points of a log that was counted up to `position` before there were points: read once in the life of a data directory. */
export async function backfillChanges(store: Pick<Store, 'events'>, hostname: string, position: number, now: number): Promise<Change[]> {
  const after = await positionBefore(store, now - pointSpanMs, 0, position)
  const counted = await countLog(store, hostname, { after, until: position, types: ['SEND', 'BOUNCE', 'COMPLAINT', 'REJECT'] })
  return [...counted].map(([key, value]) => ({ type: 'put', collection: sendPoints, key, value }))
}

/** Forgets the points that SES would not show any more. */
export async function prunePoints(store: Pick<Store, 'list' | 'commit'>, now: number): Promise<void> {
  for (;;) {
    const old = (await store.list(sendPoints, { limit: pruneRows })).filter(({ key }) => key < pointKey(now - pointSpanMs))
    if (old.length === 0) return
    await store.commit(old.map(({ key }) => ({ type: 'remove', collection: sendPoints, key })))
  }
}
