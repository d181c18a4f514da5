// Lets the thread of the event loop go before the threads of the pool. Where cores are few, signatures that run in the pool take the core from the loop
// in the middle of its work, while the other core idles for a moment: a tenth of the machine. Signatures get what is left, which is enough.
// Linux gives each thread a priority of its own; elsewhere nothing is done.
import { readdirSync, readFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import type { Clock } from './clock.ts'
import { poolLookMs, poolNiceness } from './limits.ts'

const threads = '/proc/self/task'

/** Looks until every thread of the pool was seen: they begin with their first work. Never keeps the process alive. @param size threads of the pool. */
export function yieldPool(clock: Clock, size: number): void {
  if (process.platform !== 'linux') return
  try {
    const pool = readdirSync(threads).filter((id) => readFileSync(`${threads}/${id}/comm`, 'utf8').trim() === 'libuv-worker')
    for (const id of pool) setPriority(Number(id), poolNiceness)
    if (pool.length >= size) return
  } catch {
    // A thread ended between list and look, or the system does not let us: speed is all that is lost.
  }
  clock.after(poolLookMs, () => yieldPool(clock, size))
}
