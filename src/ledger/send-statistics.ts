// What was sent and what came back, in points of fifteen minutes, counted from the event log. Source: SES API reference v1, SendDataPoint.
import { setImmediate as turn } from 'node:timers/promises'
import type { LoggedEvent } from '../model/event.ts'
import type { Store } from '../storage/store.ts'
import { statisticsBatch, statisticsEventsMax } from './limits.ts'

/** One point; counts are recipients. */
export interface SendPoint {
  /** Begin of the fifteen minutes. */
  readonly at: number
  deliveryAttempts: number
  /** Permanent ones. */
  bounces: number
  complaints: number
  rejects: number
}

const pointMs = 15 * 60_000
const spanMs = 14 * 24 * 3_600_000

/** Points of the last two weeks in which something happened, oldest first. At most the newest `statisticsEventsMax` events are looked at. */
export async function sendStatistics(store: Pick<Store, 'events' | 'lastEventPosition'>, now: number): Promise<SendPoint[]> {
  const since = now - spanMs
  const last = await store.lastEventPosition()
  const points = new Map<number, SendPoint>()
  let after = await positionBefore(store, since, Math.max(0, last - statisticsEventsMax), last)
  for (let read = 0; read < statisticsEventsMax; read += statisticsBatch) {
    const batch = await store.events({ after, limit: statisticsBatch, types: ['SEND', 'BOUNCE', 'COMPLAINT', 'REJECT'] })
    for (const event of batch) if (event.at >= since) count(pointOf(points, event.at), event)
    const end = batch.at(-1)?.position
    if (end === undefined || batch.length < statisticsBatch) break
    after = end
    await turn() // Other requests go on between two reads.
  }
  return [...points.values()].sort((a, b) => a.at - b.at)
}

/** Halves the log until it knows a position behind which everything since `time` lies; events stand in order of their commits. */
async function positionBefore(store: Pick<Store, 'events'>, time: number, from: number, to: number): Promise<number> {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [event] = await store.events({ after: middle, limit: 1 })
    if (event && event.at < time) low = event.position
    else high = middle
  }
  return low
}

function pointOf(points: Map<number, SendPoint>, time: number): SendPoint {
  const at = Math.floor(time / pointMs) * pointMs
  const point = points.get(at) ?? { at, deliveryAttempts: 0, bounces: 0, complaints: 0, rejects: 0 }
  points.set(at, point)
  return point
}

function count(point: SendPoint, { type, detail, mail }: LoggedEvent): void {
  const named = (member: string) => (Array.isArray(detail[member]) ? detail[member].length : 1)
  // Of a message whose facts were forgotten one recipient is certain.
  const recipients = mail.destination.length || 1
  if (type === 'SEND') point.deliveryAttempts += recipients
  else if (type === 'BOUNCE' && detail.bounceType === 'Permanent') point.bounces += named('bouncedRecipients')
  else if (type === 'COMPLAINT') point.complaints += named('complainedRecipients')
  else if (type === 'REJECT') point.rejects += recipients
}
