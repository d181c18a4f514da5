// How the road ends a job that a step will not carry on. Steps decide that; what is written and counted then is the road's.
import type { Outcome } from '../ledger/record-outcome.ts'
import type { Verdict } from './gate.ts'
import type { Job } from './job.ts'

/** How the road ends a job that will not be sent now. */
export interface JobEnds {
  /** True when a status keeps the job: it went back to the store. */
  held(job: Job, verdict: Verdict): boolean
  conclude(job: Job, outcome: Outcome, returned: boolean): void
  /** Something of ours could not be read: soon again. */
  postpone(job: Job, fault: unknown): void
  /** The service ends: nothing new starts. */
  isClosing(): boolean
}
