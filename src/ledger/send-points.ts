// What was sent and what came back, in points of fifteen minutes. Source: SES API reference v1, SendDataPoint; ses.md §7.4.
// The insights road writes the points with its cursor, so that every event counts once; the daily quota reads them at the start.
import { setImmediate as turn } from 'node:timers/promises'
import { heldBackSubTypes, type LoggedEvent } from '../model/event.ts'
import { simulatorMailbox } from '../model/simulator.ts'
import { collection, type Store } from '../storage/store.ts'
import { pointsBatch } from './limits.ts'

/** Counts are recipients; those of the mailbox simulator are left out. */
export interface SendCounts {
  readonly deliveryAttempts: number
  /** Permanent ones. */
  readonly bounces: number
  readonly complaints: number
  readonly rejects: number
}

/** One point; `at` is its begin. */
export type SendPoint = SendCounts & { readonly at: number }

/** The points; the key is `pointKey` of their begin. */
export const sendPoints = collection<SendCounts>('send-point')

/** How far the log was counted: the cursor of the insights road, one record under the key `metrics`. `points`: into points as well. */
export const insightCursors = collection<{ readonly position: number; readonly points?: true }>('insight-cursor')

/** Length of a point. */
export const pointMs = 15 * 60_000

/** How long SES shows points. */
export const pointSpanMs = 14 * 24 * 3_600_000

/** The key of the point that `at` lies in. */
export function pointKey(at: number): string {
  return String(Math.floor(at / pointMs) * pointMs).padStart(14, '0')
}

/** What an event adds; undefined for nothing. @param hostname its simulator does not count. */
export function countsOf({ type, detail, mail }: LoggedEvent, hostname: string): SendCounts | undefined {
  const real = (recipients: readonly string[]) => recipients.reduce((sum, one) => (simulatorMailbox(one, hostname) ? sum : sum + 1), 0)
  // Of a message whose facts were forgotten one recipient is certain.
  const sent = () => (mail.destination.length === 0 ? 1 : real(mail.destination))
  const named = (member: string) => {
    const list: unknown = detail[member]
    return Array.isArray(list) && list.length > 0 ? real(list.map((one: { emailAddress?: unknown } | null) => String(one?.emailAddress ?? ''))) : sent()
  }
  const counts = { deliveryAttempts: 0, bounces: 0, complaints: 0, rejects: 0 }
  if (type === 'SEND') counts.deliveryAttempts = sent()
  else if (type === 'REJECT') counts.rejects = sent()
  else if (type === 'BOUNCE' && detail.bounceType === 'Permanent' && !heldBackSubTypes.has(detail.bounceSubType)) counts.bounces = named('bouncedRecipients')
  else if (type === 'COMPLAINT' && !heldBackSubTypes.has(detail.complaintSubType)) counts.complaints = named('complainedRecipients')
  else return undefined
  return counts
}

/** The sum of two. */
export function addCounts(a: SendCounts | undefined, b: SendCounts): SendCounts {
  if (!a) return b
  return {
    deliveryAttempts: a.deliveryAttempts + b.deliveryAttempts,
    bounces: a.bounces + b.bounces,
    complaints: a.complaints + b.complaints,
    rejects: a.rejects + b.rejects,
  }
}

/** The points that end after `since` and hold something, oldest first: at most 1,345 records for two weeks. */
export async function readSendPoints(store: Pick<Store, 'list'>, since: number): Promise<SendPoint[]> {
  const points: SendPoint[] = []
  for (let after = pointKey(Math.max(0, since - pointMs)); ; ) {
    const rows = await store.list(sendPoints, { after, limit: pointsBatch })
    for (const { key, value } of rows) if (Object.values(value).some((count) => count > 0)) points.push({ at: Number(key), ...value })
    const last = rows.at(-1)
    if (!last || rows.length < pointsBatch) return points
    after = last.key
  }
}

/** Counts the log behind `after`, up to `until`, by point: what no record holds yet. @param log `types`: what to look at. */
export async function countLog(
  store: Pick<Store, 'events'>,
  hostname: string,
  { after, until, types, signal }: { after: number; until: number; types: readonly LoggedEvent['type'][]; signal?: AbortSignal },
): Promise<Map<string, SendCounts>> {
  const counted = new Map<string, SendCounts>()
  for (let from = after; from < until && !signal?.aborted; ) {
    const events = await store.events({ after: from, limit: pointsBatch, types })
    for (const event of events) {
      const counts = event.position > until ? undefined : countsOf(event, hostname)
      if (counts) counted.set(pointKey(event.at), addCounts(counted.get(pointKey(event.at)), counts))
    }
    const last = events.at(-1)
    if (!last || events.length < pointsBatch) break
    from = last.position
    await turn() // Other requests go on between two reads.
  }
  return counted
}

/** Halves the log until it knows a position between `from` and `to` behind which everything since `time` lies; events stand in order of their commits. */
export async function positionBefore(store: Pick<Store, 'events'>, time: number, from: number, to: number): Promise<number> {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [event] = await store.events({ after: middle, limit: 1 })
    if (event && event.at < time) low = event.position
    else high = middle
  }
  return low
}
