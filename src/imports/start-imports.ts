// The import road: takes jobs from the store, oldest first, a few at once; a job that a crash cut short goes on where it stood.
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../kit/log.ts'
import { startWorkLanes } from '../kit/work-lanes.ts'
import { forgetJobs } from '../resources/forget-jobs.ts'
import { importJobs } from '../resources/import-jobs.ts'
import { unfinishedJobs } from '../resources/jobs.ts'
import { forgetMs, importPollMs, importsAtOnce } from './limits.ts'
import { type ImportParts, runImport } from './run-import.ts'

/** The road as the root holds it. */
export interface Imports {
  /** Looks for work now. */
  wake(): void
  /** Ends after the batches under way. Repeatable. */
  close(): Promise<void>
}

/** Starts it. @throws Error when its folder in the data directory cannot be made. */
export async function startImports(parts: Omit<ImportParts, 'workFolder'> & { readonly log: Log; readonly dataDir: string }): Promise<Imports> {
  const { store, clock, log, objects } = parts
  const workFolder = join(parts.dataDir, 'import-work')
  await mkdir(workFolder, { recursive: true, mode: 0o700 })
  await removeOrphans(store, workFolder)
  const closing = new AbortController()
  const running = new Set<string>()
  const restUntil = new Map<string, number>()
  let forgetAt = clock.now()
  return startWorkLanes({
    clock,
    lanes: importsAtOnce,
    pollMs: importPollMs,
    closing,
    onFault: (fault) => log.warn({ err: String(fault) }, 'an import could not go on now'),
    async next() {
      if (clock.now() >= forgetAt) {
        forgetAt = clock.now() + forgetMs
        return () => forgetJobs(store, importJobs, clock.now(), (place) => objects.remove(place, closing.signal))
      }
      const waiting = await unfinishedJobs(store, importJobs)
      const job = waiting.find(({ value }) => !running.has(value.id) && (restUntil.get(value.id) ?? 0) <= clock.now())
      if (!job) return undefined
      const { id } = job.value
      running.add(id)
      return async () => {
        try {
          await runImport({ ...parts, workFolder }, id, closing.signal)
          restUntil.delete(id)
        } catch (fault) {
          restUntil.set(id, clock.now() + importPollMs)
          throw fault
        } finally {
          running.delete(id)
        }
      }
    },
  })
}

/** Copies of jobs that have ended: a crash came between the end and the clearing up. */
async function removeOrphans(store: ImportParts['store'], folder: string): Promise<void> {
  const alive = new Set((await unfinishedJobs(store, importJobs)).map(({ value }) => value.id))
  for (const name of await readdir(folder)) if (!alive.has(name.split('.')[0] ?? '')) await rm(join(folder, name), { force: true })
}
