// Check-then-write made safe: a decision is read, judged and committed with expectations; when another commit came between, it is taken anew.
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import type { Change, Store } from '../storage/store.ts'
import { commitAttemptsMax } from './limits.ts'

/** Changes to commit and what to answer once they are durable. */
export interface Decision<T> {
  readonly changes: readonly Change[]
  readonly answer: T
}

/**
 * Runs `decide` and commits its changes; on a conflict `decide` reads and judges again.
 * Durable when it resolves with an answer; a refusal leaves no trace.
 * @returns Conflict when others won every round.
 */
export async function commitDecision<T>(store: Pick<Store, 'commit'>, decide: () => Promise<Decision<T> | Refusal>): Promise<T | Refusal> {
  for (let attempt = 0; attempt < commitAttemptsMax; attempt++) {
    const decision = await decide()
    if (isRefusal(decision)) return decision
    if (decision.changes.length === 0) return decision.answer
    if ((await store.commit(decision.changes)).committed) return decision.answer
  }
  return refuse('Conflict', { text: 'The resource was changed by other requests at the same time. Try again.' })
}
