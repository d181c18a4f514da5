// Looks at the queue on the reading connection of the main thread. Every statement is a few index seeks or a bounded number of rows;
// where a question may touch very many rows it is asked in pieces, and other work runs between them.
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { QueueEntry } from '../../model/message.ts'
import type { Lane, WaitingLane } from '../store.ts'
import { entryColumns, entryOf, entryValues } from './queue-rows.ts'

const dueCountMax = 1_000 // The port's "exact up to".
const seekCost = 20 // A seek costs about as much as reading this many rows.

/** Queue questions of one store. */
export type QueueReads = ReturnType<typeof prepareQueueReads>

/** @param scanRows rows to look at before other work may run. */
export function prepareQueueReads(database: DatabaseSync, scanRows: number) {
  const rows = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return {
      one: (...values: (string | number)[]) => statement.get(...values) as unknown as unknown[] | undefined,
      all: (...values: (string | number)[]) => statement.all(...values) as unknown as unknown[][],
    }
  }
  // The skip scan: each step lands on the next lane's earliest entry. A comparison of the pair would walk through the whole lane that it leaves.
  const nextLane = (comparison: string) =>
    rows(`SELECT tenant_name, bulk, due_at FROM queue INDEXED BY queue_waiting
      WHERE lease = 0 AND ${comparison} ORDER BY tenant_name, bulk, due_at LIMIT 1`)
  const firstLane = nextLane(`tenant_name >= ''`)
  const bulkLane = nextLane('tenant_name = ?1 AND bulk = 1')
  const tenantBehind = nextLane('tenant_name > ?1')
  const laneBehind = (tenantName: string, bulk: boolean) => (bulk ? undefined : bulkLane.one(tenantName)) ?? tenantBehind.one(tenantName)
  const dueCount = rows(
    `SELECT count(*) FROM (SELECT 1 FROM queue INDEXED BY queue_waiting WHERE lease = 0 AND tenant_name = ?1 AND bulk = ?2 AND due_at <= ?3 LIMIT ${dueCountMax})`,
  )
  const earliest = rows('SELECT due_at FROM queue INDEXED BY queue_due WHERE lease = 0 ORDER BY due_at LIMIT 1')

  const listed = (where: string) =>
    rows(`SELECT ${entryColumns}, queue.lease > 0 FROM queue JOIN message ON message.no = queue.message WHERE ${where} ORDER BY queue.id LIMIT ?2`)
  const everything = listed('queue.id > ?1')
  const ofMessage = listed('queue.id > ?1 AND queue.message = (SELECT no FROM message WHERE message_id = ?3)')
  // NOT INDEXED: in the order of ids, not of due times.
  const ofTenantUntil = rows(`SELECT ${entryColumns}, queue.lease > 0 FROM queue NOT INDEXED JOIN message ON message.no = queue.message
    WHERE queue.id > ?1 AND queue.tenant_name = ?3 AND queue.id <= ?4 ORDER BY queue.id LIMIT ?2`)
  const windowEnd = rows(`SELECT id FROM queue NOT INDEXED WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ${scanRows - 1}`)

  return {
    nextDueAt: () => earliest.one()?.[0] as number | undefined,

    async waitingLanes(request: { now: number; after?: Lane; limit: number }): Promise<WaitingLane[]> {
      const { now, after, limit } = request
      const found: WaitingLane[] = []
      // The usual answer when everything waits for a later time: one seek instead of one for each lane.
      if (((earliest.one()?.[0] as number | undefined) ?? Number.POSITIVE_INFINITY) > now) return found
      let cost = 0
      let row = after === undefined ? firstLane.one() : laneBehind(after.tenantName, after.bulk)
      while (row && found.length < limit) {
        const [tenantName, bulk, dueAt] = row as [string, number, number]
        cost += seekCost
        if (dueAt <= now) {
          const count = dueCount.one(tenantName, bulk, now)?.[0] as number
          cost += count
          if (count > 0) found.push({ tenantName, bulk: bulk === 1, dueCount: count })
        }
        if (cost >= scanRows) {
          await turn()
          cost = 0
        }
        row = laneBehind(tenantName, bulk === 1)
      }
      return found
    },

    async list(request: { tenantName?: string; messageId?: string; after?: number; limit: number }): Promise<{ entry: QueueEntry; leased: boolean }[]> {
      const { tenantName, messageId, limit } = request
      let after = request.after ?? 0
      if (messageId !== undefined) {
        // One message has few recipients; the tenant is looked at afterwards.
        const all = ofMessage.all(after, tenantName === undefined ? limit : -1, messageId).map(listedEntry)
        return all.filter(({ entry }) => tenantName === undefined || entry.tenantName === tenantName).slice(0, limit)
      }
      if (tenantName === undefined) return everything.all(after, limit).map(listedEntry)
      const found: { entry: QueueEntry; leased: boolean }[] = []
      for (;;) {
        const end = windowEnd.one(after)?.[0] as number | undefined
        found.push(...ofTenantUntil.all(after, limit - found.length, tenantName, end ?? Number.MAX_SAFE_INTEGER).map(listedEntry))
        if (end === undefined || found.length >= limit) return found
        after = end
        await turn()
      }
    },
  }
}

function listedEntry(row: readonly unknown[]): { entry: QueueEntry; leased: boolean } {
  return { entry: entryOf(row), leased: row[entryValues] === 1 }
}
