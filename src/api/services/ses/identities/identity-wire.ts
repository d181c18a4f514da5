// Identities as they stand on the wire.
import type { DkimAttributes, MailFromAttributes, VerificationInfo } from '@aws-sdk/client-sesv2'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import type { SigningRequest } from '../../../../resources/dkim-settings.ts'
import { signingZone } from '../../../../resources/dns-records.ts'
import type { DkimSettings, IdentityRecord } from '../../../../resources/identities.ts'

/** DKIM of a domain, or what an address without a registered domain has. @param status stands instead of the record's. */
export function wireDkim(dkim: DkimSettings | undefined, hostname: string, status?: 'NOT_STARTED'): DkimAttributes {
  if (!dkim) return { SigningEnabled: false, Status: 'NOT_STARTED' }
  const shared = { SigningEnabled: dkim.signingEnabled, Status: status ?? dkim.status, Tokens: [...dkim.tokens], SigningAttributesOrigin: dkim.origin }
  if (dkim.origin === 'EXTERNAL') return shared
  return {
    ...shared,
    SigningHostedZone: signingZone(hostname),
    NextSigningKeyLength: dkim.nextKeyLength,
    CurrentSigningKeyLength: dkim.key?.bits === 1_024 ? 'RSA_1024_BIT' : dkim.key ? 'RSA_2048_BIT' : dkim.nextKeyLength,
    ...(dkim.lastKeyGenerationAt === undefined ? {} : { LastKeyGenerationTimestamp: new Date(dkim.lastKeyGenerationAt) }),
  }
}

/** MAIL FROM; without a domain only the default behaviour stands there. */
export function wireMailFrom(mailFrom: IdentityRecord['mailFrom']): MailFromAttributes {
  if (!mailFrom) return { BehaviorOnMxFailure: 'USE_DEFAULT_VALUE' } as MailFromAttributes
  return {
    MailFromDomain: mailFrom.domain,
    MailFromDomainStatus: mailFrom.status === 'NOT_STARTED' ? 'PENDING' : mailFrom.status,
    BehaviorOnMxFailure: mailFrom.behaviorOnMxFailure,
  }
}

/** What the last look brought. */
export function wireVerification({ lastCheckedAt, lastSuccessAt, lastError }: IdentityRecord): VerificationInfo {
  return {
    ...(lastCheckedAt === undefined ? {} : { LastCheckedTimestamp: new Date(lastCheckedAt) }),
    ...(lastSuccessAt === undefined ? {} : { LastSuccessTimestamp: new Date(lastSuccessAt) }),
    ...(lastError === undefined ? {} : { ErrorType: lastError as VerificationInfo['ErrorType'] }),
  }
}

/** Signing attributes of a request; undefined members stay undefined. */
export function readSigning(
  attributes: { DomainSigningSelector?: string | undefined; DomainSigningPrivateKey?: string | undefined; NextSigningKeyLength?: string | undefined },
  origin: string | undefined,
): SigningRequest {
  return { origin, selector: attributes.DomainSigningSelector, privateKey: attributes.DomainSigningPrivateKey, nextKeyLength: attributes.NextSigningKeyLength }
}

/** SES's answer when DKIM of an address is asked for. */
export function domainRequired(): Refusal {
  return refuse('InvalidRequest', { text: 'The EmailIdentity value must be a valid domain.' })
}
