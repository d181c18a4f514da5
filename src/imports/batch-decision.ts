// What a batch of records does to the list that it is for.
import type { Change } from '../storage/store.ts'
import type { ReadRecord } from './read-records.ts'

/** What a batch does to its list. */
export interface BatchDecision {
  readonly changes: readonly Change[]
  /** Records that do nothing, and why. */
  readonly faults: ReadonlyMap<ReadRecord, string>
}
