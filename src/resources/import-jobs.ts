// Import jobs: a file of addresses on its way into the account's suppression list or a contact list (ses.md §11).
import { collection } from '../storage/store.ts'
import type { JobKind, JobRecord } from './jobs.ts'
import { unfinishedImportsMax } from './limits.ts'

/** Where records go, and whether they are put or taken out. */
export type ImportDestination =
  | { readonly kind: 'SUPPRESSION_LIST'; readonly action: 'PUT' | 'DELETE' }
  | { readonly kind: 'CONTACT_LIST'; readonly action: 'PUT' | 'DELETE'; readonly listName: string }

/** One import job with its place in the file, so that it goes on where it stopped. */
export interface ImportJobRecord extends JobRecord {
  readonly url: string
  readonly format: 'CSV' | 'JSON'
  readonly destination: ImportDestination
  /** Records that were looked at, the bad ones included. */
  readonly processed: number
  readonly failed: number
  /** Set when the file was copied and counted. `columns`: the header of a contact list's CSV. */
  readonly copy: { readonly columns: readonly string[] | undefined } | undefined
  /** How often its file could not be had. */
  readonly attempts: number
  /** Byte offset in the copy behind the last record that took effect. */
  readonly position: number
  /** Bytes of the file of bad records that count. */
  readonly failedBytes: number
}

/** All import jobs. */
export const importJobs: JobKind<ImportJobRecord> = {
  line: 'import',
  jobs: collection<ImportJobRecord>('import-job'),
  places: collection('import-job-place'),
  unfinishedMax: unfinishedImportsMax,
}
