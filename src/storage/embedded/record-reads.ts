// Reads records on the main thread's connection: points for the cache, ranges in the order of UTF-8 bytes.
import type { DatabaseSync } from 'node:sqlite'
import type { Stored } from '../store.ts'

/** Record questions of one store. */
export type RecordReads = ReturnType<typeof prepareRecordReads>

/** Prepares them. */
export function prepareRecordReads(database: DatabaseSync) {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql)
    statement.setReturnArrays(true)
    return statement
  }
  const point = prepare('SELECT version, value FROM record WHERE collection = ?1 AND key = ?2')
  const behind = prepare('SELECT key, version, value FROM record WHERE collection = ?1 AND key > ?2 ORDER BY key LIMIT ?3')
  const from = prepare('SELECT key, version, value FROM record WHERE collection = ?1 AND key >= ?2 ORDER BY key LIMIT ?3')
  const behindUntil = prepare('SELECT key, version, value FROM record WHERE collection = ?1 AND key > ?2 AND key < ?4 ORDER BY key LIMIT ?3')
  const fromUntil = prepare('SELECT key, version, value FROM record WHERE collection = ?1 AND key >= ?2 AND key < ?4 ORDER BY key LIMIT ?3')

  return {
    one(collection: string, key: string): (Stored<object> & { readonly characters: number }) | undefined {
      const row = point.get(collection, key) as unknown as [number, string] | undefined
      return row && { key, version: row[0], value: JSON.parse(row[1]) as object, characters: row[1].length }
    },
    list(collection: string, range: { after?: string; prefix?: string; limit: number }): Stored<object>[] {
      const { after, prefix = '', limit } = range
      const end = endOfPrefix(prefix)
      // `after` may lie before the prefix: then the prefix is where to begin.
      const skips = after !== undefined && compareUtf8(after, prefix) >= 0
      const start = skips ? after : prefix
      const rows =
        end === undefined ? (skips ? behind : from).all(collection, start, limit) : (skips ? behindUntil : fromUntil).all(collection, start, limit, end)
      return (rows as unknown as [string, number, string][]).map(([key, version, value]) => ({ key, version, value: JSON.parse(value) as object }))
    },
  }
}

function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

/** The smallest text behind every text that begins with `prefix`; undefined when there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  const points = [...prefix]
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) ?? 0
    if (code >= 0x10ffff) continue
    // Surrogates are no characters: UTF-8 goes on behind them.
    return points.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1)
  }
  return undefined
}
