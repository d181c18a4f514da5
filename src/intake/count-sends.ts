// Counts accepted recipients by the hour, for the quota's `SentLast24Hours`. The hour that runs is counted in memory and written down every
// few seconds: a process that dies forgets at most those, and nothing is added to the commit of a message.
import type { Clock } from '../kit/clock.ts'
import type { Log } from '../kit/log.ts'
import { collection, type Store } from '../storage/store.ts'
import { sendCountFlushMs, sendCountHours } from './limits.ts'

/** Accepted recipients by hour: key is the hour since the epoch in 10 digits. */
export const sendCounts = collection<{ readonly recipients: number }>('send-count')

/** A running counter. */
export interface SendCounter {
  /** Notes recipients of an accepted message. */
  add(recipients: number): void
  /** Accepted recipients of the last 24 hours, by whole hours: the oldest, of which only a part is within, counts whole. */
  sentLast24Hours(): number
  /** Writes down what is not yet; repeatable. */
  close(): Promise<void>
}

const hourMs = 3_600_000
const keyOf = (hour: number) => String(hour).padStart(10, '0')

/** Reads what was counted before and goes on. */
export async function openSendCounter({ store, clock, log }: { store: Pick<Store, 'list' | 'commit'>; clock: Clock; log: Log }): Promise<SendCounter> {
  const counts = new Map((await store.list(sendCounts, { limit: 1_000 })).map(({ key, value }) => [Number(key), value.recipients]))
  const unwritten = new Set<number>()
  let running: Promise<void> = Promise.resolve()
  let timer: { cancel(): void } | undefined
  const isRecent = (hour: number, now: number) => (hour + 1) * hourMs > now - sendCountHours * hourMs

  function flush(): Promise<void> {
    running = running.then(async () => {
      const hours = [...unwritten]
      const old = [...counts.keys()].filter((hour) => !isRecent(hour, clock.now()))
      if (hours.length + old.length === 0) return
      unwritten.clear()
      try {
        await store.commit([
          ...hours.map((hour) => ({ type: 'put' as const, collection: sendCounts, key: keyOf(hour), value: { recipients: counts.get(hour) ?? 0 } })),
          ...old.map((hour) => ({ type: 'remove' as const, collection: sendCounts, key: keyOf(hour) })),
        ])
        for (const hour of old) counts.delete(hour)
      } catch (fault) {
        for (const hour of hours) unwritten.add(hour)
        log.warn({ err: String(fault) }, 'the count of sent mail could not be written down now')
      }
    })
    return running
  }

  return {
    add(recipients) {
      if (recipients === 0) return
      const hour = Math.floor(clock.now() / hourMs)
      counts.set(hour, (counts.get(hour) ?? 0) + recipients)
      unwritten.add(hour)
      // A timer only while there is something to write: an idle service does nothing.
      timer ??= clock.after(sendCountFlushMs, () => {
        timer = undefined
        void flush()
      })
    },
    sentLast24Hours() {
      const now = clock.now()
      let sum = 0
      for (const [hour, recipients] of counts) if (isRecent(hour, now)) sum += recipients
      return sum
    },
    async close() {
      timer?.cancel()
      await flush()
    },
  }
}
