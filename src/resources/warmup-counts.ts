// What left by an address that is warming up, kept so that a restart does not give a second day. One record for an address in a standard pool,
// one for each provider of an address in a managed pool. A record holds what was counted and what was promised beyond it: a crash loses room, never a count.
import { collection, compositeKey } from '../storage/store.ts'
import type { ManagedWarmth } from './managed-warmth.ts'

/** Counts under a cap. */
export interface CapCounts {
  /** Messages by UTC day, the newest few. */
  readonly days: Readonly<Record<string, number>>
  /** Messages by five minutes, newest first; `newest` is its start divided by its length. */
  readonly newest: number
  readonly buckets: readonly number[]
  /** Of these, messages whose attempt may still have been under way. */
  readonly open: number
}

/** The record of an address, or of an address at one provider. */
export interface WarmupCounts {
  readonly address: string
  /** Empty: all its mail. */
  readonly provider: string
  readonly counts: CapCounts
  /** In a managed pool. */
  readonly warmth?: ManagedWarmth | undefined
}

/** By `warmupKey`. */
export const warmupCounts = collection<WarmupCounts>('warmup-count')

/** Key of the record; those of one address are one range. */
export function warmupKey(address: string, provider: string): string {
  return compositeKey(address, provider)
}
