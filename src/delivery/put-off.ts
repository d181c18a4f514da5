// Mail that a word of ours keeps back for a while (a limit for one provider, a paused set): when that word changes it may go before its time.
// What a server put off may not: no retry is made earlier than it was told.
// Leaves to whom: claiming before the time is windows.ts's.
import type { Clock } from '../kit/clock.ts'
import type { QueueEntry } from '../model/message.ts'
import type { TenantLimits } from '../resources/tenant-limits.ts'
import type { Gate } from './gate.ts'
import { pollTenantsPerPage, putOffMax, verdictsMax } from './limits.ts'
import type { TenantMeter } from './tenant-meter.ts'

/** What is remembered of it; bounded, and lost with a restart: then mail waits out its time. */
export interface PutOff {
  /** The entry goes back by a word of ours. */
  note(entry: Pick<QueueEntry, 'id' | 'lastReply'>): void
  /** The same for a limit of its tenant for one provider. */
  noteLimit(entry: Pick<QueueEntry, 'id' | 'lastReply' | 'tenantName'>, meter: Pick<TenantMeter, 'limits'>, until: number): void
  /** Whether an entry that was claimed before its time may go; forgets that it may. */
  mayGo(entry: QueueEntry, now: number): boolean
  /** Looks for tenants with other limits. */
  recheck(): Promise<void>
  /** True while a look runs. */
  readonly busy: boolean
}

interface LimitNote {
  /** As they were for the first of it; compared as text when they were read anew. */
  readonly limits: TenantLimits
  entries: number
  until: number
}

/** @param changed a tenant has other limits: so many of its entries may go that wait until `until` at most. */
export function createPutOff({
  clock,
  gate,
  changed,
}: {
  clock: Clock
  gate: Pick<Gate, 'find'>
  changed: (tenantName: string, entries: number, until: number) => void
}): PutOff {
  /** Entries that a server put off before: without this nobody knows by whose word their time is. */
  const ours = new Set<number>()
  const notes = new Map<string, LimitNote>()
  let looks = 0

  function note({ id, lastReply }: Pick<QueueEntry, 'id' | 'lastReply'>): void {
    if (lastReply === '') return
    ours.add(id)
    if (ours.size <= putOffMax) return
    for (const oldest of ours) {
      ours.delete(oldest)
      return
    }
  }

  return {
    note,
    noteLimit(entry, { limits }, until) {
      note(entry)
      const known = notes.get(entry.tenantName)
      if (!known) {
        if (notes.size < verdictsMax) notes.set(entry.tenantName, { limits, entries: 1, until })
        return
      }
      known.entries++
      known.until = Math.max(known.until, until)
    },
    mayGo: ({ id, dueAt, lastReply }, now) => dueAt <= now || lastReply === '' || ours.delete(id),
    async recheck() {
      looks++
      // What is looked at goes to the end of the line: each once.
      let left = Math.min(notes.size, pollTenantsPerPage)
      for (const [tenantName, known] of notes) {
        if (left-- <= 0) break
        notes.delete(tenantName)
        if (known.until <= clock.now()) continue
        try {
          const { meter } = await gate.find({ tenantName, configurationSetName: '' })
          if (JSON.stringify(meter?.limits ?? {}) !== JSON.stringify(known.limits)) changed(tenantName, known.entries, known.until)
          else if (!notes.has(tenantName)) notes.set(tenantName, known)
        } catch {
          notes.set(tenantName, known)
          break
        }
      }
      looks--
    },
    get busy() {
      return looks > 0
    },
  }
}
