// Identities as they stand on the wire.
import type { DkimAttributes, MailFromAttributes, VerificationInfo } from '@aws-sdk/client-sesv2'
import { refuse, type Refusal } from '../../../../model/refusal.ts'
import type { SigningRequest } from '../../../../resources/dkim-settings.ts'
import { tokenZone } from '../../../../resources/dns-records.ts'
import type { DkimSettings, IdentityRecord } from '../../../../resources/identities.ts'
import { signingKey } from '../../../../resources/signing-key.ts'

/** DKIM of a domain, or what an address without a registered domain has. @param status stands instead of the record's. */
export function wireDkim(dkim: DkimSettings | undefined, hostname: string, status?: 'NOT_STARTED'): DkimAttributes {
  if (!dkim) return { SigningEnabled: false, Status: 'NOT_STARTED' }
  const shared = { SigningEnabled: dkim.signingEnabled, Status: status ?? dkim.status, Tokens: [...dkim.tokens], SigningAttributesOrigin: wireOrigin(dkim) }
  if (dkim.origin === 'EXTERNAL') return shared
  const current = signingKey(dkim)?.key ?? dkim.key
  return {
    ...shared,
    ...wireZone(dkim, hostname),
    NextSigningKeyLength: dkim.nextKeyLength,
    CurrentSigningKeyLength: current?.bits === 1_024 ? 'RSA_1024_BIT' : current ? 'RSA_2048_BIT' : dkim.nextKeyLength,
    ...(dkim.lastKeyGenerationAt === undefined ? {} : { LastKeyGenerationTimestamp: new Date(dkim.lastKeyGenerationAt) }),
  }
}

/** The zone that the CNAMEs lead into: only Easy DKIM has one, and a replica only once its parent has answered. */
export function wireZone(dkim: DkimSettings | undefined, hostname: string): { SigningHostedZone?: string } {
  const zone = dkim?.origin === 'AWS_SES' ? tokenZone(dkim, hostname) : undefined
  return zone === undefined ? {} : { SigningHostedZone: zone }
}

function wireOrigin({ origin, parent }: DkimSettings): DkimAttributes['SigningAttributesOrigin'] {
  return parent ? (`AWS_SES_${parent.region.toUpperCase().replaceAll('-', '_')}` as DkimAttributes['SigningAttributesOrigin']) : origin
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
export function wireVerification({ lastCheckedAt, lastSuccessAt, lastError, soa }: IdentityRecord): VerificationInfo {
  return {
    ...(lastCheckedAt === undefined ? {} : { LastCheckedTimestamp: new Date(lastCheckedAt) }),
    ...(lastSuccessAt === undefined ? {} : { LastSuccessTimestamp: new Date(lastSuccessAt) }),
    ...(lastError === undefined ? {} : { ErrorType: lastError as VerificationInfo['ErrorType'] }),
    ...(soa === undefined ? {} : { SOARecord: { PrimaryNameServer: soa.primary, AdminEmail: soa.mailbox, SerialNumber: soa.serial } }),
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
