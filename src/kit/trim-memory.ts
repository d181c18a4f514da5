// Gives memory of a past load back to the machine. The engine's heap grows under load and shrinks only in moments without any work, which a service
// with timers never has: 440 MiB stayed resident where 190 were in use. So a look every few seconds, and one full collection when there was a lull.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Clock } from './clock.ts'
import { trimBytesMin, trimCpuShareMax, trimEveryMsMin, trimLookMs } from './limits.ts'

/** What one look found. */
export interface MemoryLook {
  /** Milliseconds since our last full collection; Infinity before the first. */
  readonly sinceTrimMs: number
  /** Of one core, since the last look. */
  readonly cpuShare: number
  /** Bytes that the heap took since our last full collection. */
  readonly grownBytes: number
}

/** Whether a full collection is worth its pause of some 50 ms. */
export function isWorthTrimming({ sinceTrimMs, cpuShare, grownBytes }: MemoryLook): boolean {
  return grownBytes >= trimBytesMin && cpuShare <= trimCpuShareMax && sinceTrimMs >= trimEveryMsMin
}

/** Looks until `close`; never keeps the process alive. */
export function startMemoryTrim(clock: Clock, collect: () => void = fullCollection()): { close(): void } {
  let trimmed = { at: -Infinity, heapBytes: 0 }
  let last = { at: clock.now(), cpu: process.cpuUsage() }
  const look = () => {
    const now = clock.now()
    const { user, system } = process.cpuUsage(last.cpu)
    const cpuShare = (user + system) / 1_000 / Math.max(1, now - last.at)
    if (isWorthTrimming({ sinceTrimMs: now - trimmed.at, cpuShare, grownBytes: process.memoryUsage().heapTotal - trimmed.heapBytes })) {
      collect()
      trimmed = { at: now, heapBytes: process.memoryUsage().heapTotal }
    }
    last = { at: now, cpu: process.cpuUsage() }
    timer = clock.after(trimLookMs, look)
  }
  let timer = clock.after(trimLookMs, look)
  return { close: () => timer.cancel() }
}

/** The engine's own collector, which only a flag shows; the flag may be set while it runs, a context made after it has the function. */
function fullCollection(): () => void {
  setFlagsFromString('--expose-gc')
  const collect: (options: object) => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  // `last-resort` also gives pages back.
  return () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
