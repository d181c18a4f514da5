// Finished jobs are forgotten after a time, and their files with them.
import type { Change, Store } from '../storage/store.ts'
import { commitDecision } from './commit-record.ts'
import { isUnfinished, jobKey, type JobKind, type JobRecord } from './jobs.ts'
import { finishedJobDaysKept, forgottenJobsBatch } from './limits.ts'

const dayMs = 86_400_000

/**
 * Forgets jobs that were created too long ago and have ended. The file goes first, so that none is left that nobody knows of.
 * @param removeFile may throw; the job is then kept for the next time.
 */
export async function forgetJobs<T extends JobRecord>(
  store: Pick<Store, 'get' | 'list' | 'commit'>,
  kind: JobKind<T>,
  now: number,
  removeFile: (place: string) => Promise<void>,
): Promise<void> {
  let after = jobKey(now - finishedJobDaysKept * dayMs, '')
  // A file that cannot be removed keeps its own job, not those behind it.
  let kept: { readonly fault: unknown } | undefined
  for (;;) {
    const old = await store.list(kind.jobs, { after, limit: forgottenJobsBatch })
    const gone: typeof old = []
    for (const job of old) {
      if (isUnfinished(job.value)) continue
      try {
        if (job.value.place !== undefined) await removeFile(job.value.place)
        gone.push(job)
      } catch (fault) {
        kept ??= { fault }
      }
    }
    const changes = gone.flatMap(({ key, value }): Change[] => [
      { type: 'remove', collection: kind.jobs, key },
      { type: 'remove', collection: kind.places, key: value.id },
    ])
    await commitDecision(store, async () => ({ answer: undefined, changes }))
    const last = old.at(-1)
    if (!last || old.length < forgottenJobsBatch) break
    after = last.key
  }
  if (kept) throw kept.fault
}
