// The export road: takes jobs from the store, oldest first, one at a time.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../kit/log.ts'
import { startWorkLanes } from '../kit/work-lanes.ts'
import { exportJobs } from '../resources/export-jobs.ts'
import { forgetJobs } from '../resources/forget-jobs.ts'
import { unfinishedJobs } from '../resources/jobs.ts'
import { exportAttemptsMax, exportForgetMs, exportPollMs, exportsAtOnce } from './limits.ts'
import { type ExportParts, runExport } from './run-export.ts'

/** The road as the root holds it. */
export interface Exports {
  /** Looks for work now. */
  wake(): void
  /** Ends; a job under way begins anew in the next process. Repeatable. */
  close(): Promise<void>
}

/** Starts it. @throws Error when its folder in the data directory cannot be made. */
export async function startExports(parts: Omit<ExportParts, 'workFolder'> & { readonly log: Log; readonly dataDir: string }): Promise<Exports> {
  const { store, clock, log, objects } = parts
  const workFolder = join(parts.dataDir, 'export-work')
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  // Every job begins its file anew.
  for (const name of await readdir(workFolder)) await rm(join(workFolder, name), { force: true })
  const closing = new AbortController()
  const running = new Set<string>()
  const failures = new Map<string, { count: number; restUntil: number }>()
  let forgetAt = clock.now()
  return startWorkLanes({
    clock,
    lanes: exportsAtOnce,
    pollMs: exportPollMs,
    closing,
    onFault: (fault) => log.warn({ err: String(fault) }, 'an export could not be done now'),
    async next() {
      if (clock.now() >= forgetAt) {
        forgetAt = clock.now() + exportForgetMs
        return () => forgetJobs(store, exportJobs, clock.now(), (place) => objects.remove(place, closing.signal))
      }
      const waiting = await unfinishedJobs(store, exportJobs)
      const job = waiting.find(({ value }) => !running.has(value.id) && (failures.get(value.id)?.restUntil ?? 0) <= clock.now())
      if (!job) return undefined
      const { id } = job.value
      running.add(id)
      return async () => {
        const count = failures.get(id)?.count ?? 0
        try {
          await runExport({ ...parts, workFolder }, id, { signal: closing.signal, gaveUp: count >= exportAttemptsMax })
          failures.delete(id)
        } catch (fault) {
          failures.set(id, { count: count + 1, restUntil: clock.now() + exportPollMs })
          throw fault
        } finally {
          running.delete(id)
        }
      }
    },
  })
}
