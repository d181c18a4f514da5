// One look at one identity: DNS, the key of a domain whose records are seen for the first time, the mail to an address.
import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Clock } from '../kit/clock.ts'
import type { Dns } from '../kit/dns.ts'
import type { Random } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import { sealKey } from '../resources/dkim-settings.ts'
import { domainToken } from '../resources/domain-token.ts'
import { type DkimSettings, identities, type IdentityRecord } from '../resources/identities.ts'
import { keyRecordTtlMs } from '../resources/limits.ts'
import { putIdentity } from '../resources/put-identity.ts'
import type { Store, Stored } from '../storage/store.ts'
import { moveToNextSelector, mayChangeKey } from '../resources/signing-key.ts'
import type { DkimParents } from './dkim-parents.ts'
import type { Finding } from './finding.ts'
import { judgeIdentity } from './judge-identity.ts'
import { linkMsMax } from './limits.ts'
import { lookUpDomainToken, lookUpKey, lookUpMailFrom, lookUpTokens, lookUpZone } from './look-up-records.ts'
import { replicateParent } from './replicate-parent.ts'
import { verificationToken } from './verification-link.ts'

/** What a look needs. */
export interface LookParts {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly dns: Dns
  readonly hostname: string
  readonly sealer: Sealer
  readonly intervalMs: number
  /** Where people reach our HTTP door, without a slash at the end. */
  readonly publicUrl: string
  /** Where replicas take their keys from. */
  readonly parents?: DkimParents | undefined
  /** Keys of Easy DKIM that are older are replaced; undefined: only when asked. */
  readonly keyAgeMsMax?: number | undefined
  readonly sendVerificationMail: (address: string, url: string) => Promise<void>
}

/**
 * Looks and writes what it means. When the identity was changed meanwhile nothing is written and it stays due.
 */
export async function lookAtIdentity(parts: LookParts, name: string): Promise<void> {
  const { store, clock, random, dns, hostname, sealer, intervalMs } = parts
  const stored = await store.get(identities, name)
  if (!stored) return
  await askOwner(parts, stored.value)
  const replicated = await replicateParent({ parents: parts.parents, sealer, now: clock.now() }, stored.value)
  const identity = replicated?.identity ?? stored.value
  const { dkim } = identity
  const searched = dkim && dkim.status !== 'FAILED' ? dkim : undefined
  const [tokens, mailFrom, domainProof, soa] = await Promise.all([
    searched?.origin === 'AWS_SES' ? (replicated?.finding ?? lookUpTokens(dns, name, searched, hostname)) : undefined,
    identity.mailFrom && lookUpMailFrom(dns, identity.mailFrom, hostname),
    dkim && dkim.status !== 'SUCCESS' ? lookUpDomainToken(dns, name, domainToken(sealer, name)) : undefined,
    dkim && (dkim.status !== 'SUCCESS' || !identity.soa) ? lookUpZone(dns, name) : undefined,
  ])
  const seen = tokens === undefined || tokens.kind === 'found'
  // A replica waits for the key of its parent.
  const ready = searched && !searched.parent && seen && !searched.key ? await makeKey(parts, stored, searched) : stored
  if (!ready) return
  const asked = ready === stored ? identity : ready.value
  const now = clock.now()
  const judged = judgeIdentity(
    asked,
    {
      dkim: searched && asked.dkim && (seen ? await lookAtKey(parts, name, asked.dkim) : tokens),
      mailFrom,
      domainProof,
      soa,
      parentError: replicated?.error,
    },
    { now, intervalMs, fraction: random.fraction() },
  )
  await store.commit(putIdentity(ready, rotateInTime(parts, judged, now)))
}

/** Easy DKIM moves on to a new key when the operator asks for that and the present one is old enough. */
function rotateInTime({ keyAgeMsMax }: LookParts, identity: IdentityRecord, now: number): IdentityRecord {
  const { dkim } = identity
  const old = keyAgeMsMax !== undefined && now - (dkim?.lastKeyGenerationAt ?? now) >= keyAgeMsMax
  if (!old || dkim?.origin !== 'AWS_SES' || dkim.parent || dkim.status !== 'SUCCESS' || !mayChangeKey(dkim, now)) return identity
  return { ...identity, dkim: moveToNextSelector(dkim, dkim.nextKeyLength, now), verificationStartedAt: now, nextCheckAt: now }
}

/** Makes the key of a domain whose records are seen for the first time. Committed before anyone looks for it, so that the zone can answer. */
async function makeKey({ store, sealer, clock }: LookParts, stored: Stored<IdentityRecord>, dkim: DkimSettings): Promise<Stored<IdentityRecord> | undefined> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: dkim.nextKeyLength === 'RSA_1024_BIT' ? 1_024 : 2_048 })
  const value = { ...stored.value, dkim: { ...dkim, key: sealKey(sealer, privateKey), lastKeyGenerationAt: clock.now() } }
  const result = await store.commit(putIdentity(stored, value))
  return result.committed ? store.get(identities, stored.key) : undefined
}

async function lookAtKey({ dns, clock }: LookParts, domain: string, dkim: DkimSettings): Promise<Finding> {
  if (!dkim.key) return { kind: 'unknown', error: 'SERVICE_ERROR' }
  const key = await lookUpKey(dns, domain, dkim)
  if (dkim.origin === 'EXTERNAL') return key
  // The selector answered with another key before, to whoever asked; while that is remembered the key before goes on signing.
  if (key.kind === 'found') return dkim.outgoing && clock.now() - (dkim.lastKeyGenerationAt ?? 0) < keyRecordTtlMs ? { kind: 'waiting' } : key
  // The customer's part is done; that our zone does not show the key yet is our own failure.
  return { kind: 'unknown', error: 'SERVICE_ERROR' }
}

/** Where the owner of an address confirms it; no slash is doubled, `publicUrl` has none at its end. */
export function linkFor({ sealer, publicUrl }: Pick<LookParts, 'sealer' | 'publicUrl'>, identity: Parameters<typeof verificationToken>[1]): string {
  return `${publicUrl}/verify/${verificationToken(sealer, identity)}`
}

/** Sends the mail of a new address. A crash before the commit sends it twice, with the same link. */
async function askOwner({ clock, sealer, publicUrl, sendVerificationMail }: LookParts, identity: IdentityRecord): Promise<void> {
  const { kind, verification, lastCheckedAt, verificationStartedAt, name } = identity
  if (kind !== 'EMAIL_ADDRESS' || verification !== 'PENDING' || lastCheckedAt !== undefined) return
  if (clock.now() - verificationStartedAt >= linkMsMax) return
  await sendVerificationMail(name, `${publicUrl}/verify/${verificationToken(sealer, identity)}`)
}
