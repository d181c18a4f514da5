// What findings make of an identity: states and times of ses.md §4.2 to §4.4. Pure.
import type { IdentityRecord, VerificationStatus } from '../resources/identities.ts'
import { endChange } from '../resources/signing-key.ts'
import type { Finding, LookError } from './finding.ts'
import { linkMsMax, lookMsMax, lossMsMax, mailFromLossMsMax, searchMsMax, verifiedLookMs } from './limits.ts'

/** Findings of one look; undefined: there was nothing to look for. */
export interface Findings {
  readonly dkim: Finding | undefined
  readonly mailFrom: Finding | undefined
  /** Why the parent of a replica gave nothing; what the replica has goes on as long as DNS agrees. */
  readonly parentError?: LookError | undefined
  /** The domain's zone; undefined: not asked for, or not found. */
  readonly soa?: IdentityRecord['soa']
  /** The token of SES v1. */
  readonly domainProof?: Finding | undefined
}

/** When to look again. */
export interface Pace {
  readonly now: number
  /** How often a new identity is looked at. */
  readonly intervalMs: number
  /** Uniform in [0, 1); spreads the daily looks. */
  readonly fraction: number
}

/** The identity after a look. */
export function judgeIdentity(identity: IdentityRecord, findings: Findings, pace: Pace): IdentityRecord {
  const { now } = pace
  const { kind, dkim, mailFrom } = identity
  const found = findings.dkim?.kind === 'found' || findings.domainProof?.kind === 'found'
  const status = dkim && findings.dkim ? nextDkimStatus(identity, dkim.status, findings.dkim, now) : dkim?.status
  const error = [findings.dkim, findings.mailFrom].find((finding) => finding && finding.kind !== 'found')
  const byDkim = kind === 'DOMAIN' ? nextVerification(identity.verification, dkim?.status, status) : undefined
  const byToken = byDkim && status !== 'SUCCESS' ? nextByToken(identity, findings.domainProof, now) : undefined
  const judged: IdentityRecord = {
    ...identity,
    verification: byToken ?? byDkim ?? (expired(identity, now) ? 'FAILED' : identity.verification),
    provedByToken: byToken && byToken !== 'FAILED' ? true : undefined,
    dkim: dkim && status ? endChange({ ...dkim, status }, now) : dkim,
    mailFrom: mailFrom && findings.mailFrom ? nextMailFrom(mailFrom, findings.mailFrom, now) : mailFrom,
    lastCheckedAt: now,
    soa: findings.soa ?? identity.soa,
    lastSuccessAt: found ? now : identity.lastSuccessAt,
    lastError: error && 'error' in error ? error.error : findings.parentError,
  }
  return {
    ...judged,
    nextCheckAt: nextLook(
      judged,
      [findings.dkim, findings.mailFrom].some((finding) => finding?.kind === 'unknown'),
      pace,
    ),
  }
}

/** When to look again; undefined when nothing can change any more. */
function nextLook(identity: IdentityRecord, undecided: boolean, { now, intervalMs, fraction }: Pace): number | undefined {
  const { kind, dkim, mailFrom, verification, verificationStartedAt } = identity
  const searching = (since: number) => now + Math.min(Math.max(intervalMs, (now - since) / 10), Math.max(lookMsMax, intervalMs))
  const times: number[] = undecided ? [searching(Math.min(verificationStartedAt, mailFrom?.since ?? now))] : []
  for (const [status, since] of [[dkim?.status, verificationStartedAt] as const, [mailFrom?.status, mailFrom?.since ?? now] as const]) {
    if (status === 'PENDING') times.push(searching(since))
    if (status === 'TEMPORARY_FAILURE') times.push(now + lookMsMax)
    if (status === 'SUCCESS') times.push(now + Math.round(verifiedLookMs * (0.8 + 0.4 * fraction)))
  }
  // What the parent changes must come through while its last record is still answered.
  if (dkim?.parent && dkim.status === 'SUCCESS') times.push(now + Math.round(lookMsMax * (0.8 + 0.4 * fraction)))
  if (identity.provedByToken) times.push(now + (verification === 'SUCCESS' ? Math.round(verifiedLookMs * (0.8 + 0.4 * fraction)) : lookMsMax))
  if (kind === 'EMAIL_ADDRESS' && verification === 'PENDING') times.push(verificationStartedAt + linkMsMax)
  return times.length === 0 ? undefined : Math.round(Math.min(...times))
}

function nextDkimStatus(identity: IdentityRecord, status: VerificationStatus, finding: Finding, now: number): VerificationStatus {
  // FAILED is left only by a new request: SES asks the customer to start again.
  if (status === 'FAILED' || finding.kind === 'unknown' || finding.kind === 'waiting') return status
  if (finding.kind === 'found') return 'SUCCESS'
  if (status === 'PENDING') return now - identity.verificationStartedAt >= searchMsMax ? 'FAILED' : 'PENDING'
  return now - (identity.lastSuccessAt ?? identity.verificationStartedAt) >= lossMsMax ? 'FAILED' : 'TEMPORARY_FAILURE'
}

/** A domain follows its DKIM, except that new keys which are still searched for take nothing from a domain that was verified before. */
function nextVerification(verification: VerificationStatus, before: VerificationStatus | undefined, after: VerificationStatus | undefined): VerificationStatus {
  if (after === 'SUCCESS') return 'SUCCESS'
  if (after === 'TEMPORARY_FAILURE' && verification === 'SUCCESS') return 'TEMPORARY_FAILURE'
  if (after === 'FAILED' && before !== 'FAILED' && !(before === 'PENDING' && verification === 'SUCCESS')) return 'FAILED'
  return verification
}

/** What the token makes of a domain whose DKIM does not prove it; undefined: it says nothing. */
function nextByToken(identity: IdentityRecord, proof: Finding | undefined, now: number): VerificationStatus | undefined {
  if (proof?.kind === 'found') return 'SUCCESS'
  if (!identity.provedByToken) return undefined
  if (proof?.kind !== 'missing') return identity.verification
  return now - (identity.lastSuccessAt ?? identity.verificationStartedAt) >= lossMsMax ? 'FAILED' : 'TEMPORARY_FAILURE'
}

function nextMailFrom(mailFrom: NonNullable<IdentityRecord['mailFrom']>, finding: Finding, now: number): NonNullable<IdentityRecord['mailFrom']> {
  const { status, since } = mailFrom
  if (status === 'FAILED' || finding.kind === 'unknown') return mailFrom
  const to = (next: VerificationStatus) => (next === status ? mailFrom : { ...mailFrom, status: next, since: now })
  if (finding.kind === 'found') return to('SUCCESS')
  if (status === 'SUCCESS') return to('TEMPORARY_FAILURE')
  const most = status === 'PENDING' ? searchMsMax : mailFromLossMsMax
  return now - since >= most ? to('FAILED') : mailFrom
}

function expired({ verification, verificationStartedAt }: IdentityRecord, now: number): boolean {
  return verification === 'PENDING' && now - verificationStartedAt >= linkMsMax
}
