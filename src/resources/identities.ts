// Identities: domains and addresses that may stand in From, with their DKIM keys and verification state.
// Source: ses.md §4; SES developer guide "Verified identities".
import { collection } from '../storage/store.ts'
import type { Tag } from './tenants.ts'

/** States of verification, of DKIM and of MAIL FROM. */
export type VerificationStatus = 'PENDING' | 'SUCCESS' | 'FAILED' | 'TEMPORARY_FAILURE' | 'NOT_STARTED'

/** A DKIM key of ours or of the customer's. The private key is PKCS#8 PEM, sealed with the master key. */
export interface DkimKey {
  readonly sealedPrivateKey: string
  /** Base64 of the SubjectPublicKeyInfo: the `p=` of the record. */
  readonly publicKey: string
  readonly bits: number
}

/** Where a replica takes its tokens and key from. */
export interface DkimParent {
  readonly region: string
  readonly zone?: string
}

/** What a domain signed with before a change that is under way; members as in `DkimSettings`. */
export interface OutgoingSigning {
  readonly origin: 'AWS_SES' | 'EXTERNAL'
  readonly tokens: readonly string[]
  readonly key: DkimKey
  readonly nextKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT'
  readonly parent?: DkimParent | undefined
}

/** How a domain signs. */
export interface DkimSettings {
  readonly signingEnabled: boolean
  /** AWS_SES: Easy DKIM, keys are ours behind CNAMEs. EXTERNAL: BYODKIM. */
  readonly origin: 'AWS_SES' | 'EXTERNAL'
  /** Easy DKIM: three tokens, each a selector; the first one signs. BYODKIM: the one selector. */
  readonly tokens: readonly string[]
  /** Made when the first token is seen published (Easy DKIM), given by the customer (BYODKIM). */
  readonly key: DkimKey | undefined
  readonly nextKeyLength: 'RSA_1024_BIT' | 'RSA_2048_BIT'
  readonly lastKeyGenerationAt: number | undefined
  /** The Easy DKIM key before the last change: its selector goes on answering, for mail that is still under way. `at`: when it signed for the last time. */
  readonly retiredKey?: { readonly token: string; readonly publicKey: string; readonly at?: number } | undefined
  /** After a change: what signs until the record of the new key is seen (signing-key.ts). */
  readonly outgoing?: OutgoingSigning | undefined
  /** Deterministic Easy DKIM: tokens and key are those of the same domain at another Bulkhead. `zone`: its signing zone, once it answered. */
  readonly parent?: DkimParent | undefined
  readonly status: VerificationStatus
}

/** A domain or address that may send. */
export interface IdentityRecord {
  /** Domain in lower-case A-label form, or address with that domain. */
  readonly name: string
  readonly kind: 'DOMAIN' | 'EMAIL_ADDRESS'
  readonly createdAt: number
  readonly tags: readonly Tag[]
  readonly configurationSetName: string | undefined
  readonly feedbackForwarding: boolean
  readonly mailFrom:
    | {
        readonly domain: string
        readonly behaviorOnMxFailure: 'USE_DEFAULT_VALUE' | 'REJECT_MESSAGE'
        readonly status: VerificationStatus /** The status holds since; the search ends after 72 h. */
        readonly since: number
      }
    | undefined
  readonly verification: VerificationStatus
  /** The domain is verified by its token (domain-token.ts), not by its DKIM. */
  readonly provedByToken?: true | undefined
  /** Search for records since; SES gives up after 72 h. */
  readonly verificationStartedAt: number
  readonly lastCheckedAt: number | undefined
  readonly lastSuccessAt: number | undefined
  /** SES `VerificationError` of the last look. */
  readonly lastError: string | undefined
  /** Start of authority of the zone that a domain lies in, as it was last seen. */
  readonly soa?: { readonly primary: string; readonly mailbox: string; readonly serial: number } | undefined
  /** When the verification road looks again; undefined: never. Kept in step with `dueIdentities` by put-identity.ts. */
  readonly nextCheckAt: number | undefined
  /** Where the pages of a custom verification mail lead; undefined: our own pages. */
  readonly verificationRedirects?: { readonly success: string; readonly failure: string } | undefined
  /** Domains only; undefined for addresses. */
  readonly dkim: DkimSettings | undefined
  /** Names of its sending-authorisation policies; their texts lie in `identityPolicies`. */
  readonly policyNames?: readonly string[] | undefined
}

/** Identities by name. */
export const identities = collection<IdentityRecord>('identity')

/** Identities by the time of their next look, so that the timer reads only what is due: key is `compositeKey(time in 15 digits, name)`. */
export const dueIdentities = collection<{ readonly name: string }>('due-identity')

/** Domains by Easy DKIM token: what the DNS of the signing zone looks up. */
export const identitiesByToken = collection<{ readonly name: string }>('dkim-token')

/**
 * What a replica has to give back to a parent; kept in step by put-identity.ts, ended by the verification road once the parent knows.
 * Key: `compositeKey(name, region)`.
 */
export const endedReplicas = collection<{ readonly name: string; readonly region: string }>('ended-dkim-replica')

/** Identities by the configuration set that is their default: key is `compositeKey(set, identity)`. */
export const identitiesByConfigurationSet = collection<{ readonly name: string }>('identity-by-configuration-set')

/** May mail go out under this identity? Records that are missing for the moment do not stop a domain that was verified. */
export function isVerified(identity: Pick<IdentityRecord, 'verification'>): boolean {
  return identity.verification === 'SUCCESS' || identity.verification === 'TEMPORARY_FAILURE'
}
