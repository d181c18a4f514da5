// What a hard bounce adds to its outcome: an entry of the suppression list that counts for the message (ses.md §7.1), in the same commit.
// It is decided when it is written, because it depends on records that others change.
import type { Outcome } from '../ledger/record-outcome.ts'
import type { QueueEntry } from '../model/message.ts'
import { decideListing, suppressionRule } from '../resources/suppression-rule.ts'
import type { Change, Store } from '../storage/store.ts'
import type { ReadStates } from './gate.ts'

/** Changes whose check-then-write may meet another commit; asked anew for every try. */
export type LateChanges = () => Promise<readonly Change[]>

/** Facts of the bounce. */
export interface HardBounce {
  readonly entry: QueueEntry
  readonly outcome: Outcome
  readonly now: number
  /** The same as in the BOUNCE event. */
  readonly feedbackId: string
}

/**
 * The changes that list the address, or undefined when the outcome lists nobody: only Permanent General and NoEmail speak of the address,
 * and a notice of ours is nobody's sending.
 */
export function listHardBounce(store: Pick<Store, 'get'>, states: ReadStates, { entry, outcome, now, feedbackId }: HardBounce): LateChanges | undefined {
  if (outcome.kind !== 'bounced' || outcome.bounce.bounceType !== 'Permanent' || entry.identityName === '' || outcome.aboutAddress === false) return undefined
  const { bounceSubType } = outcome.bounce
  if (bounceSubType !== 'General' && bounceSubType !== 'NoEmail') return undefined
  return async () => {
    const found = await states(entry)
    // A tenant that is gone took its list along, and one made anew under its name sent nothing; neither may cost the account an address.
    if (entry.tenantName !== '' && (!found.tenant || found.tenant.createdAt > entry.acceptedAt)) return []
    const { recipient: address, messageId } = entry
    return decideListing(store, suppressionRule(found), { address, reason: 'BOUNCE', updatedAt: now, messageId, feedbackId })
  }
}
