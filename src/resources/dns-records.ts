// What the owner of an identity must publish, and what our own signing zone answers. One description for the console, for verification and for
// the DNS of development mode. Sources: ses.md §4.3, §4.4; RFC 6376 §3.6.1; RFC 7208 §3.
import type { DkimSettings, IdentityRecord } from './identities.ts'

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
  const wanted = dkim ? keyRecords(name, dkim, hostname) : []
  // While a change is under way the records before it still serve.
  const outgoing = dkim?.outgoing ? keyRecords(name, dkim.outgoing, hostname) : []
  return [
    ...wanted,
    ...outgoing.filter((record) => !wanted.some((other) => other.name === record.name)),
    ...(mailFrom
      ? [
          { type: 'MX' as const, name: mailFrom.domain, preference: 10, value: feedbackHost(hostname) },
          { type: 'TXT' as const, name: mailFrom.domain, value: `v=spf1 include:${hostname} ~all` },
        ]
      : []),
  ]
}

/** The zone into which the CNAMEs of Easy DKIM lead; that of the parent for a replica, undefined until the parent has answered. */
export function tokenZone({ parent }: Pick<DkimSettings, 'parent'>, hostname: string): string | undefined {
  return parent ? parent.zone : signingZone(hostname)
}

function keyRecords(domain: string, dkim: Pick<DkimSettings, 'origin' | 'tokens' | 'key' | 'parent'>, hostname: string): ExpectedDnsRecord[] {
  const { origin, tokens, key } = dkim
  const zone = tokenZone(dkim, hostname)
  return tokens.flatMap((token): ExpectedDnsRecord[] => {
    const name = `${token}._domainkey.${domain}`
    if (origin === 'AWS_SES') return zone === undefined ? [] : [{ type: 'CNAME', name, value: `${token}.${zone}` }]
    return key ? [{ type: 'TXT', name, value: `p=${key.publicKey}` }] : []
  })
}
