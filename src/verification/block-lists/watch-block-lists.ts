// The road that asks block lists about our own addresses, on a timer. What it learns is in the store before anybody is told; it tells by a log
// line for each change and by two gauges. It judges nobody: reputation reads the records.
import { type Clock, pause } from '../../kit/clock.ts'
import type { Dns } from '../../kit/dns.ts'
import type { Log } from '../../kit/log.ts'
import type { Metrics } from '../../kit/metrics.ts'
import type { Random } from '../../kit/random.ts'
import { applyLooks, blockListRecords, isUnconfirmed, openListings, readOpenListings, type ZoneLook } from '../../resources/block-listings.ts'
import type { Store } from '../../storage/store.ts'
import { blockListConfirmMs, blockListPollMs } from '../limits.ts'
import { type BlockListSubjects, lookAtBlockLists } from './look-at-block-lists.ts'

/** The running road. */
export interface BlockListWatch {
  /** Begins nothing new; waits for what is being written, not for name servers. Repeatable. */
  close(): Promise<void>
}

interface Parts {
  readonly store: Pick<Store, 'get' | 'commit'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  readonly dns: Dns
  /** BULKHEAD_BLOCK_LISTS; none: nothing is asked. */
  readonly zones: readonly string[]
  readonly subjects: BlockListSubjects
}

/** Starts it; the first look is at once. */
export function watchBlockLists(parts: Parts): BlockListWatch {
  const { store, clock, random, log, metrics, dns, zones, subjects } = parts
  const stopping = new AbortController()
  const open = new Map<string, number>()
  let unreadable: ReadonlyMap<string, string> = new Map()
  let writing: Promise<unknown> = Promise.resolve()
  metrics.gauge('bulkhead_block_listings', 'Open block listings of our sending addresses', () => [...open.values()].reduce((sum, one) => sum + one, 0))
  metrics.gauge('bulkhead_block_lists_unreadable', 'Block lists that gave no usable answer at the last look', () => unreadable.size)

  async function round(): Promise<boolean> {
    const found = await lookAtBlockLists(dns, zones, subjects, stopping.signal)
    if (stopping.signal.aborted) return false
    for (const [zone, reason] of found.unreadable) if (unreadable.get(zone) !== reason) log.warn({ zone, reason }, 'a block list cannot be read')
    for (const zone of unreadable.keys()) if (!found.unreadable.has(zone)) log.info({ zone }, 'a block list can be read again')
    unreadable = found.unreadable
    let unconfirmed = false
    for (const [subject, looks] of found.looks) {
      if (stopping.signal.aborted) break
      const written = apply(parts, subject, looks)
      writing = written.catch(() => {})
      const record = await written
      open.set(subject, record.open)
      unconfirmed ||= record.unconfirmed
    }
    return unconfirmed
  }

  async function loop(): Promise<void> {
    if (zones.length === 0 || subjects.addresses.length === 0) return
    // A list that cannot be read now takes nothing back of what is known.
    for (const subject of [...subjects.addresses, ...subjects.domains]) {
      const known = await readOpenListings(store, subject).catch(() => [])
      open.set(subject, known.length)
    }
    while (!stopping.signal.aborted) {
      const soon = await round().catch((fault: unknown) => {
        log.warn({ err: String(fault) }, 'block lists could not be looked at now')
        return false
      })
      await pause(clock, soon ? blockListConfirmMs : Math.round(blockListPollMs * (0.8 + 0.4 * random.fraction())), stopping.signal)
    }
  }
  void loop()

  return {
    async close() {
      stopping.abort()
      await writing
    },
  }
}

/** Writes what a look means for one address. When another process wrote meanwhile, this look is lost and the next one counts. */
async function apply({ store, clock, log }: Parts, subject: string, looks: readonly ZoneLook[]): Promise<{ open: number; unconfirmed: boolean }> {
  const before = await store.get(blockListRecords, subject)
  const { record, opened, closed } = applyLooks(before?.value, subject, looks, clock.now())
  const result = await store.commit([{ type: 'put', collection: blockListRecords, key: subject, value: record, expect: before?.version ?? 'absent' }])
  if (!result.committed) return { open: openListings(before?.value).length, unconfirmed: true }
  for (const { list, zone, description, impact } of opened)
    log.warn({ subject, list, zone, impact, description }, 'a sending address of ours is on a block list')
  for (const { list, zone } of closed) log.info({ subject, list, zone }, 'a sending address of ours is off a block list')
  return { open: openListings(record).length, unconfirmed: isUnconfirmed(record) }
}
