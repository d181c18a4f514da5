// Keeps what lanes learned over a restart. Written when something was learned, which is rare; read once, before anything leaves.
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { type ShapingMemory, shapingMemories } from '../../resources/shaping-memory.ts'
import type { Store } from '../../storage/store.ts'
import { memoriesPerRead } from './limits.ts'
import type { ShapingLane } from './shaping-lane.ts'

/** Memory of lanes by key. */
export interface LaneMemory {
  /** False until what was kept has been read: nothing may leave before. */
  readonly isRead: boolean
  /** What was kept of a lane; each is given once. */
  take(key: string): ShapingMemory | undefined
  /** The lane learned something. Not awaited by anybody: a crash in that moment forgets it. */
  keep(key: string, lane: ShapingLane): void
}

/** @param read called when everything kept is known; a store that cannot be read counts as empty, so that mail goes on. */
export function openLaneMemory({ store, clock, log, read }: { store: Pick<Store, 'list' | 'commit'>; clock: Clock; log: Log; read: () => void }): LaneMemory {
  const kept = new Map<string, ShapingMemory>()
  let isRead = false

  async function readAll(): Promise<void> {
    const now = clock.now()
    const over: string[] = []
    for (let after: string | undefined; ; ) {
      const rows = await store.list(shapingMemories, { limit: memoriesPerRead, ...(after === undefined ? {} : { after }) })
      for (const { key, value } of rows) {
        if (isOver(value, now)) over.push(key)
        else kept.set(key, value)
      }
      after = rows.at(-1)?.key
      if (rows.length < memoriesPerRead) break
    }
    if (over.length > 0) await store.commit(over.slice(0, memoriesPerRead).map((key) => ({ type: 'remove', collection: shapingMemories, key })))
  }

  void readAll()
    .catch((fault: unknown) => log.error({ fault: String(fault) }, 'pauses of the last run could not be read'))
    .then(() => {
      isRead = true
      read()
    })

  return {
    get isRead() {
      return isRead
    },
    take(key) {
      const found = kept.get(key)
      kept.delete(key)
      return found
    },
    keep(key, lane) {
      store
        .commit([{ type: 'put', collection: shapingMemories, key, value: lane.memory(clock.now()) }])
        .catch((fault: unknown) => log.warn({ fault: String(fault) }, 'a pause could not be kept over a restart'))
    },
  }
}

function isOver({ hold, slow, regrowAt, tenants }: ShapingMemory, now: number): boolean {
  return hold.until <= now && (slow?.until ?? 0) <= now && regrowAt + regrownMs <= now && tenants.every(([, { until }]) => until <= now)
}

/** Connections have grown back long before. */
const regrownMs = 6 * 3_600_000
