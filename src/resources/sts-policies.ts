// The MTA-STS policies of recipient domains that we keep until they expire (RFC 8461 §3.2 max_age): what was seen once counts although the domain
// cannot be asked now.
import { collection } from '../storage/store.ts'

/** A policy as it was fetched. */
export interface StsPolicy {
  /** Of the TXT record that led to it. */
  readonly id: string
  readonly mode: 'enforce' | 'testing' | 'none'
  /** Patterns, lower case. */
  readonly hosts: readonly string[]
  readonly maxAgeSeconds: number
  readonly fetchedAt: number
}

/** Policies; key: the recipient domain. */
export const stsPolicies = collection<StsPolicy>('sts-policy')

/** True while it counts. */
export function isInForce(policy: StsPolicy | undefined, now: number): policy is StsPolicy {
  return policy !== undefined && now < policy.fetchedAt + policy.maxAgeSeconds * 1_000
}
