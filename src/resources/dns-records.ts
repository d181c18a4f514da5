// What the owner of an identity must publish, and what our own signing zone answers. One description for the console, for verification and for
// the DNS of development mode. Sources: ses.md §4.3, §4.4; RFC 6376 §3.6.1; RFC 7208 §3.
import type { IdentityRecord } from './identities.ts'

/** One record to publish; names and host names without a trailing dot. */
export type ExpectedDnsRecord =
  | { readonly type: 'CNAME'; readonly name: string; readonly value: string }
  | { readonly type: 'TXT'; readonly name: string; readonly value: string }
  | { readonly type: 'MX'; readonly name: string; readonly preference: number; readonly value: string }

/** The zone that answers for Easy DKIM keys. */
export function signingZone(hostname: string): string {
  return `dkim.${hostname}`
}

/** The text of a DKIM key record. */
export function dkimKeyText(publicKey: string): string {
  return `v=DKIM1; k=rsa; p=${publicKey}`
}

/** The host that takes bounces of a MAIL FROM domain: its only MX. */
export function feedbackHost(hostname: string): string {
  return hostname
}

/** Everything an owner must publish for an identity; nothing for an address. */
export function expectedDnsRecords(identity: Pick<IdentityRecord, 'name' | 'dkim' | 'mailFrom'>, hostname: string): ExpectedDnsRecord[] {
  const { name, dkim, mailFrom } = identity
  const key = dkim?.key
  return [
    ...(dkim?.origin === 'AWS_SES'
      ? dkim.tokens.map((token) => ({ type: 'CNAME' as const, name: `${token}._domainkey.${name}`, value: `${token}.${signingZone(hostname)}` }))
      : []),
    ...(dkim?.origin === 'EXTERNAL' && key
      ? dkim.tokens.map((selector) => ({ type: 'TXT' as const, name: `${selector}._domainkey.${name}`, value: `p=${key.publicKey}` }))
      : []),
    ...(mailFrom
      ? [
          { type: 'MX' as const, name: mailFrom.domain, preference: 10, value: feedbackHost(hostname) },
          { type: 'TXT' as const, name: mailFrom.domain, value: `v=spf1 include:${hostname} ~all` },
        ]
      : []),
  ]
}
