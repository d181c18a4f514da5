// What a replica takes over from its parent at a look. Source: ses.md §4.3 (deterministic Easy DKIM).
import type { Sealer } from '../kit/seal.ts'
import { sealKey } from '../resources/dkim-settings.ts'
import type { IdentityRecord } from '../resources/identities.ts'
import { followSigning } from '../resources/signing-key.ts'
import type { DkimParents } from './dkim-parents.ts'
import type { Finding, LookError } from './finding.ts'

/** The identity with what the parent said, and what stands in the way. */
export interface Replicated {
  readonly identity: IdentityRecord
  /** Why the parent gave nothing. */
  readonly error?: LookError
  /** The judgement on DKIM when there is nothing to look up yet. */
  readonly finding?: Finding
}

/**
 * Asks the parent and takes over what it says. A new key follows the one that signs without a gap.
 * @returns undefined when the identity is no replica, or its search was given up.
 */
export async function replicateParent(
  { parents, sealer, now }: { parents: DkimParents | undefined; sealer: Sealer; now: number },
  identity: IdentityRecord,
): Promise<Replicated | undefined> {
  const { name, dkim } = identity
  if (!dkim?.parent || dkim.status === 'FAILED') return undefined
  const { region } = dkim.parent
  const answer = parents ? await parents.ask(region, name) : 'REPLICATION_PRIMARY_INVALID_REGION'
  if (answer === undefined || typeof answer === 'string') {
    const error = answer ?? 'SERVICE_ERROR'
    if (dkim.key) return { identity, error }
    return { identity, error, finding: { kind: answer === undefined ? 'unknown' : 'missing', error } }
  }
  const { tokens, zone, nextKeyLength, lastKeyGenerationAt } = answer
  const taken = answer.key && sealKey(sealer, answer.key)
  const key = taken?.publicKey === dkim.key?.publicKey ? dkim.key : (taken ?? dkim.key)
  const parent = { region, zone }
  const same = key === dkim.key && tokens.join() === dkim.tokens.join() && zone === dkim.parent.zone
  const wanted = { ...dkim, tokens, key, parent, nextKeyLength, lastKeyGenerationAt }
  // The parent's record was out before it was handed over: nothing waits for caches, but this look has to see it.
  const changed: IdentityRecord = same
    ? { ...identity, dkim: wanted }
    : { ...identity, dkim: followSigning(dkim, { ...wanted, status: 'PENDING' }, now), verificationStartedAt: dkim.key ? now : identity.verificationStartedAt }
  return { identity: changed }
}
