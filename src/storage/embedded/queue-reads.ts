// Looks at the queue on the reading connection of the main thread. Every statement is a few index seeks or a bounded number of rows;
// where a question may touch very many rows it is asked in pieces, and other work runs between them.
import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { QueueEntry } from '../../model/message.ts'
import type { WaitingTenant } from '../store.ts'
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
  // The skip scan: each step lands on the next tenant's earliest entry.
  const nextTenant = (comparison: string) =>
    rows(`SELECT tenant_name, due_at FROM queue INDEXED BY queue_waiting WHERE lease = 0 AND tenant_name ${comparison} ?1 ORDER BY tenant_name, due_at LIMIT 1`)
  const firstTenant = nextTenant('>=')
  const tenantBehind = nextTenant('>')
  const dueCount = rows(
    `SELECT count(*) FROM (SELECT 1 FROM queue INDEXED BY queue_waiting WHERE lease = 0 AND tenant_name = ?1 AND due_at <= ?2 LIMIT ${dueCountMax})`,
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

    async waitingTenants(request: { now: number; after?: string; limit: number }): Promise<WaitingTenant[]> {
      const found: WaitingTenant[] = []
      // The usual answer when everything waits for a later time: one seek instead of one for each tenant.
      if (((earliest.one()?.[0] as number | undefined) ?? Number.POSITIVE_INFINITY) > request.now) return found
      let cost = 0
      let row = request.after === undefined ? firstTenant.one('') : tenantBehind.one(request.after)
      while (row && found.length < request.limit) {
        const tenantName = row[0] as string
        cost += seekCost
        if ((row[1] as number) <= request.now) {
          const count = dueCount.one(tenantName, request.now)?.[0] as number
          cost += count
          if (count > 0) found.push({ tenantName, dueCount: count })
        }
        if (cost >= scanRows) {
          await turn()
          cost = 0
        }
        row = tenantBehind.one(tenantName)
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
