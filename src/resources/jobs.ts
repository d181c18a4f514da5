// What import jobs and export jobs have in common: records in order of time, newest first, found by id, and the line of those that have not
// ended, which is bounded exactly because every creation and every end writes it.
import { type Change, type Collection, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'

/** States as the wire spells them (SES `JobStatus`). */
export type JobStatus = 'CREATED' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELLED'

/** A job of either kind. */
export interface JobRecord {
  readonly id: string
  readonly status: JobStatus
  readonly createdAt: number
  /** When it ended, in whichever way. */
  readonly completedAt: number | undefined
  /** For the caller; a job that ended well may have none. */
  readonly errorMessage: string | undefined
  /** Where the file for download is kept (`objects.keep`); undefined without one. */
  readonly place: string | undefined
}

/** One kind of jobs. */
export interface JobKind<T extends JobRecord> {
  /** Key in the collection of lines. */
  readonly line: string
  /** Key is `jobKey`. */
  readonly jobs: Collection<T>
  /** From id to key. */
  readonly places: Collection<{ readonly key: string }>
  /** Jobs that may be unfinished at once. */
  readonly unfinishedMax: number
}

/** Keys of the jobs that have not ended, oldest first. */
const lines = collection<{ readonly keys: readonly string[] }>('unfinished-job-line')

const msMax = 9_999_999_999_999

/** Later times sort first. */
export function jobKey(createdAt: number, id: string): string {
  return compositeKey(String(msMax - createdAt).padStart(13, '0'), id)
}

/** Adds a job to the line; undefined when the line is full. Conflicts when another one was added or ended at the same moment. */
export async function addJob<T extends JobRecord>(store: Pick<Store, 'get'>, kind: JobKind<T>, job: T): Promise<Change[] | undefined> {
  const line = await store.get(lines, kind.line)
  const keys = line?.value.keys ?? []
  if (keys.length >= kind.unfinishedMax) return undefined
  const key = jobKey(job.createdAt, job.id)
  return [
    { type: 'put', collection: lines, key: kind.line, value: { keys: [...keys, key] }, expect: line?.version ?? 'absent' },
    { type: 'put', collection: kind.jobs, key, value: job, expect: 'absent' },
    { type: 'put', collection: kind.places, key: job.id, value: { key }, expect: 'absent' },
  ]
}

/** Finds a job by its id. */
export async function findJob<T extends JobRecord>(store: Pick<Store, 'get'>, { jobs, places }: JobKind<T>, id: string): Promise<Stored<T> | undefined> {
  const place = await store.get(places, id)
  return place && store.get(jobs, place.value.key)
}

/** True while a job has not ended. */
export function isUnfinished({ status }: Pick<JobRecord, 'status'>): boolean {
  return status === 'CREATED' || status === 'PROCESSING'
}

/** Writes the next state of a job; an ended one leaves the line. Conflicts when another commit came between. */
export async function saveJob<T extends JobRecord>(store: Pick<Store, 'get'>, kind: JobKind<T>, before: Stored<T>, after: T): Promise<Change[]> {
  const put: Change = { type: 'put', collection: kind.jobs, key: before.key, value: after, expect: before.version }
  if (isUnfinished(after)) return [put]
  const line = await store.get(lines, kind.line)
  if (!line) return [put]
  const keys = line.value.keys.filter((key) => key !== before.key)
  return [put, { type: 'put', collection: lines, key: kind.line, value: { keys }, expect: line.version }]
}

/** The jobs that have not ended, oldest first. */
export async function unfinishedJobs<T extends JobRecord>(store: Pick<Store, 'get'>, kind: JobKind<T>): Promise<Stored<T>[]> {
  const line = await store.get(lines, kind.line)
  const found = await Promise.all((line?.value.keys ?? []).map((key) => store.get(kind.jobs, key)))
  return found.filter((job) => job !== undefined)
}
