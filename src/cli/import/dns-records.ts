// The records that the owner of a domain publishes at the target, in the form of a zone file (RFC 1035 §5): what the identity's own answer says.
// Leaves to whom: the host names of a MAIL FROM domain are read from the signing zone, `dkim.<host name>`, because no answer names them.
import type { GetEmailIdentityCommandOutput } from '@aws-sdk/client-sesv2'

/** Lines with their line ends; empty for an address, which publishes nothing. */
export function zoneLines(name: string, identity: GetEmailIdentityCommandOutput): string {
  if (identity.IdentityType !== 'DOMAIN' || !/^[a-z0-9._-]+$/i.test(name)) return ''
  const { DkimAttributes: dkim, MailFromAttributes: mailFrom } = identity
  const zone = dkim?.SigningHostedZone
  const host = zone?.replace(/^dkim\./, '')
  const keys =
    dkim?.SigningAttributesOrigin === 'AWS_SES' && zone
      ? (dkim.Tokens ?? []).map((token) => `${token}._domainkey.${name}. 3600 IN CNAME ${token}.${zone}.`)
      : []
  const bounce =
    mailFrom?.MailFromDomain && host
      ? [`${mailFrom.MailFromDomain}. 3600 IN MX 10 ${host}.`, `${mailFrom.MailFromDomain}. 3600 IN TXT "v=spf1 include:${host} ~all"`]
      : []
  const lines = [...keys, ...bounce]
  return lines.length === 0 ? '' : `; ${name}: ${identity.VerificationStatus ?? 'PENDING'}\n${lines.map((line) => `${line}\n`).join('')}\n`
}
