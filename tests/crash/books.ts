// What was promised against what arrived and what the disk says: lost, doubled, doubled without a reason.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CountingFarServer } from '../harness/counting-far-server.ts'

/** Waits until everything answered has arrived, at most `msMax`; answers what has not. */
export async function waitForAll(far: CountingFarServer, answered: ReadonlySet<string>, msMax: number): Promise<string[]> {
  const missing = () => [...answered].filter((id) => !far.arrivals.has(id))
  for (const deadline = Date.now() + msMax; Date.now() < deadline && missing().length > 0; await sleep(100));
  return missing()
}

/** Ids that arrived more than once. */
export function doubled(far: CountingFarServer): string[] {
  return [...far.arrivals].filter(([, times]) => times.length > 1).map(([id]) => id)
}

/** Local parts of the recipients whose end is not recorded, read from a copy, so that the next start finds what the kill left. */
export async function unrecordedOnDisk(dataDir: string): Promise<Set<string>> {
  const copy = await mkdtemp(join(tmpdir(), 'books-'))
  try {
    for (const name of ['bulkhead.db', 'bulkhead.db-wal']) await cp(join(dataDir, name), join(copy, name), { force: true }).catch(() => {})
    const database = new DatabaseSync(join(copy, 'bulkhead.db'))
    const rows = database.prepare('SELECT recipient FROM queue').all() as { recipient: string }[]
    database.close()
    return new Set(rows.map(({ recipient }) => recipient.slice(0, recipient.indexOf('@'))))
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

/** Lets time pass for a stopped service: everything that waits for a retry is due now. Answers how many entries waited. */
export function makeAllDue(dataDir: string): number {
  const database = new DatabaseSync(join(dataDir, 'bulkhead.db'))
  const { changes } = database.prepare('UPDATE queue SET due_at = ?').run(Date.now() - 1)
  database.close()
  return Number(changes)
}
