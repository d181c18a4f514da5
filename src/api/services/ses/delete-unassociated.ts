// Deleting what a tenant may hold: announced first, so that no association can appear between the search and the deletion (resources/closing.ts).
import { isRefusal, refuse, type Refusal } from '../../../model/refusal.ts'
import { announceClosing, closingResources, refuseWhileAssociated } from '../../../resources/closing.ts'
import { commitDecision, type Decision } from '../../../resources/commit-record.ts'
import type { Clock } from '../../../kit/clock.ts'
import type { Store } from '../../../storage/store.ts'

/**
 * Deletes a resource unless a tenant holds it. `decide` is asked once before anything is written, then for the commit.
 * @param prepare runs between announcement and deletion; repeatable.
 */
export async function deleteUnassociated(
  { store, clock }: { store: Store; clock: Clock },
  arn: string,
  decide: () => Promise<Decision<undefined> | Refusal>,
  prepare: () => Promise<void> = async () => {},
): Promise<Refusal | undefined> {
  const first = await decide()
  if (isRefusal(first)) return first
  const since = clock.now()
  await store.commit([announceClosing(arn, since)])
  const held = await refuseWhileAssociated(store, arn)
  if (!held) await prepare()
  const outcome = await commitDecision<Refusal | undefined>(store, async () => {
    const mark = await store.get(closingResources, arn)
    // Someone took this deletion for abandoned, or deletes as well: what was found out about associations no longer counts.
    if (mark?.value.since !== since) return refuse('Conflict', { text: 'The resource is being deleted by another request at the same time. Try again.' })
    const end = { type: 'remove' as const, collection: closingResources, key: arn, expect: mark.version }
    if (held) return { answer: held, changes: [end] }
    const decision = await decide()
    return isRefusal(decision) ? { answer: decision, changes: [end] } : { answer: undefined, changes: [...decision.changes, end] }
  })
  return outcome
}
