// Opens and clicks on their way into the event log. The reader has been answered already: nothing here can hold up a redirect, neither a slow store nor one
// that refuses. What waits a second is judged together (a scan follows many links at once), then written, a batch a commit. When too much waits, it is
// dropped and counted; a kill loses what waits, which is at most what came within the last second or so while the store writes.
import { setImmediate as turn } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { Random } from '../../kit/random.ts'
import { type Engagement, engagementEvent } from '../../ledger/record-engagement.ts'
import { messageIdTime } from '../../model/message-id.ts'
import { commitDecision } from '../../resources/commit-record.ts'
import type { Change, Store } from '../../storage/store.ts'
import {
  burstMembersMax,
  deliveryMsMax,
  engagementRetryMs,
  engagementSettleMs,
  engagementsBatch,
  engagementStepMs,
  engagementsWaitingMax,
  linksPerSecondMax,
  readingMsMin,
  visitedMessagesMax,
  visitsOfMessageMax,
  visitsOfMessageMs,
} from './limits.ts'

/** An open or click as the page saw it. */
export interface SeenEngagement extends Engagement {
  /** What it said of itself was a program's. */
  readonly isProgram: boolean
  /** Which link of the message; 0 for an open. */
  readonly index: number
}

/** The way into the log. */
export interface EngagementBuffer {
  /** Never waits and never throws. */
  note(engagement: SeenEngagement): void
  /** Writes what waits, once; what the store refuses then is dropped and counted. Repeatable. */
  close(): Promise<void>
}

interface Waiting {
  readonly seen: SeenEngagement
  /** One of more links within a second than a person follows. */
  inBurst: boolean
}

/** The visits of one message in the current hour, and the links followed in the current second. */
interface Visits {
  readonly since: number
  count: number
  burstSince: number
  links: Set<number>
  members: Waiting[]
}

/** What of a message tells readers from programs. */
interface Message {
  readonly tags: Record<string, string[]>
  /** From when on a person can have read it. */
  readonly firstReadAt: number
}

interface Parts {
  readonly store: Pick<Store, 'facts' | 'events' | 'commit'>
  readonly clock: Clock
  readonly random: Pick<Random, 'uuid'>
  readonly log: Log
  readonly metrics: Metrics
}

/** Starts it; no timer runs while nothing waits. */
export function openEngagementBuffer({ store, clock, random, log, metrics }: Parts): EngagementBuffer {
  const dropped = metrics.counter('bulkhead_engagements_dropped_total', 'Opens and clicks that came into no event log.', ['reason'])
  const waiting: Waiting[] = []
  metrics.gauge('bulkhead_engagements_waiting', 'Opens and clicks that wait for the event log.', () => waiting.length)
  const visits = new LRUCache<string, Visits>({ max: visitedMessagesMax })
  const delivered = new LRUCache<string, Message>({ max: visitedMessagesMax })
  let timer: Timer | undefined
  let writing: Promise<void> | undefined
  let closed = false
  let refused = false

  const schedule = (delayMs: number) => {
    if (closed || timer || writing || waiting.length === 0) return
    timer = clock.after(delayMs, () => {
      timer = undefined
      writing = writeReady(clock.now() - engagementSettleMs).finally(() => {
        writing = undefined
        const oldest = waiting[0]?.seen.at ?? 0
        schedule(refused ? engagementRetryMs : Math.max(engagementStepMs, oldest + engagementSettleMs - clock.now()))
      })
    })
  }

  /** Writes what came until `until`, batch after batch, unless the store refuses. */
  async function writeReady(until: number): Promise<void> {
    try {
      for (;;) {
        let count = 0
        while (count < engagementsBatch && (waiting[count]?.seen.at ?? Number.NaN) <= until) count++
        if (count === 0) break
        const { changes, unknown } = await changesFor(waiting.slice(0, count))
        if (changes.length > 0) await commitDecision(store, async () => ({ answer: undefined, changes }))
        // Taken only now: what the store refuses waits on, in its order.
        waiting.splice(0, count)
        if (unknown > 0) dropped.inc({ reason: 'unknown' }, unknown)
      }
      refused = false
    } catch (fault) {
      if (!refused) log.warn({ err: String(fault), waiting: waiting.length }, 'opens and clicks cannot be written now')
      refused = true
    }
  }

  async function changesFor(batch: readonly Waiting[]): Promise<{ changes: Change[]; unknown: number }> {
    const messages = new Map<string, Message | undefined>()
    const changes: Change[] = []
    let unknown = 0
    for (const { seen, inBurst } of batch) {
      const { messageId } = seen
      if (!messages.has(messageId)) messages.set(messageId, await findMessage(messageId))
      const message = messages.get(messageId)
      if (message) changes.push(engagementEvent(message, seen, seen.isProgram || inBurst || seen.at < message.firstReadAt, random.uuid()))
      else unknown++
    }
    return { changes, unknown }
  }

  /** Undefined for a message that is forgotten. Asked once, because the answer takes all its events, and they may be many by now. */
  async function findMessage(messageId: string): Promise<Message | undefined> {
    const known = delivered.get(messageId)
    if (known) return known
    // A look runs on the thread that answers readers: they come in between.
    await turn()
    const facts = await store.facts(messageId)
    if (!facts) return undefined
    const { tags } = facts
    const isOld = clock.now() - (messageIdTime(messageId) ?? 0) > deliveryMsMax
    const [delivery] = isOld ? [] : await store.events({ after: 0, limit: 1, messageId, types: ['DELIVERY'] })
    // Not delivered yet, and its links are followed: a far server looks before it answers.
    if (!isOld && !delivery) return { tags, firstReadAt: Number.POSITIVE_INFINITY }
    const message = { tags, firstReadAt: delivery ? delivery.at + readingMsMin : 0 }
    delivered.set(messageId, message)
    return message
  }

  /** Counts a visit; false when its message has too many. */
  function isCounted(entry: Waiting): boolean {
    const { at, messageId, index, click } = entry.seen
    let visited = visits.get(messageId)
    if (!visited || at - visited.since > visitsOfMessageMs) {
      visited = { since: at, count: 0, burstSince: 0, links: new Set(), members: [] }
      visits.set(messageId, visited)
    }
    if (++visited.count > visitsOfMessageMax) return false
    if (click) noteBurst(visited, entry, at, index)
    return true
  }

  function noteBurst(visited: Visits, entry: Waiting, at: number, index: number): void {
    if (at - visited.burstSince > 1_000) {
      visited.burstSince = at
      visited.links = new Set()
      visited.members = []
    }
    visited.links.add(index)
    if (visited.links.size > linksPerSecondMax) {
      for (const member of visited.members.splice(0)) member.inBurst = true
      entry.inBurst = true
    } else if (visited.members.length < burstMembersMax) visited.members.push(entry)
  }

  return {
    note(seen) {
      if (closed || waiting.length >= engagementsWaitingMax) return dropped.inc({ reason: closed ? 'closed' : 'full' })
      const entry = { seen, inBurst: false }
      if (!isCounted(entry)) return dropped.inc({ reason: 'flood' })
      waiting.push(entry)
      schedule(engagementSettleMs)
    },
    async close() {
      closed = true
      timer?.cancel()
      timer = undefined
      await writing
      await writeReady(Number.POSITIVE_INFINITY)
      if (waiting.length > 0) dropped.inc({ reason: 'closed' }, waiting.length)
      waiting.length = 0
    },
  }
}
