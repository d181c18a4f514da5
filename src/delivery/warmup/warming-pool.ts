// The addresses that mail may leave by while some of them are warming up, as the gate's judgement carries them. Undefined there, and nothing of
// this folder is asked for a message.
import type { WarmupState } from '../../resources/warmup-schedule.ts'
import type { Egress } from '../choose-egress.ts'

/** One address with its warm-up. */
export interface WarmingAddress extends Egress {
  readonly warmup: WarmupState
  /** Its pool's own plan; undefined: SES's schedule. */
  readonly plan: readonly number[] | undefined
  /** Its pool is managed: caps by provider. */
  readonly managed: boolean
}

/** A pool. */
export interface WarmingPool {
  readonly name: string
  readonly addresses: readonly WarmingAddress[]
  /** Of the shared pool, for what the pool has no place for while it is young. */
  readonly overflow: readonly WarmingAddress[]
}
