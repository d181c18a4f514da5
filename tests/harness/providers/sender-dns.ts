// What a provider finds out about a sender: reverse DNS of the address, SPF, DKIM and DMARC, judged by a verifier that is not ours (mailauth).
import { authenticate } from 'mailauth'

/** The DNS of the sending side, as a table. */
export interface SenderDns {
  /** Host name by address. */
  readonly ptr: Readonly<Record<string, string>>
  /** Addresses by host name. */
  readonly a: Readonly<Record<string, readonly string[]>>
  /** Text records by name: SPF, DKIM keys, DMARC. */
  readonly txt: Readonly<Record<string, string>>
}

/** The judgement on one message. */
export interface Authentication {
  readonly spf: boolean
  /** Domains whose signature verifies. */
  readonly dkimDomains: readonly string[]
  readonly dmarc: boolean
}

/** True when the address has a name that leads back to it (FCrDNS). */
export function hasReverseName({ ptr, a }: SenderDns, ip: string): boolean {
  const name = ptr[ip]
  return name !== undefined && a[name]?.includes(ip) === true
}

/** Judges SPF, DKIM and DMARC as a receiver does. */
export async function judgeMessage(dns: SenderDns, mail: { ip: string; helo: string; sender: string; bytes: Buffer }): Promise<Authentication> {
  const resolver = async (name: string, type: string): Promise<unknown[]> => {
    const found = type === 'TXT' ? dns.txt[name.toLowerCase()] : undefined
    if (found !== undefined) return [[found]]
    const addresses = type === 'A' ? dns.a[name.toLowerCase()] : undefined
    if (addresses) return [...addresses]
    throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' })
  }
  const { ip, helo, sender, bytes } = mail
  const { spf, dkim, dmarc } = await authenticate(bytes, {
    ...{ ip, helo, sender, mta: 'provider.test', disableArc: true, disableBimi: true },
    resolver: resolver as never,
  })
  const dkimDomains = dkim.results.filter(({ status }) => status.result === 'pass').map(({ signingDomain }) => String(signingDomain))
  return { spf: spf !== false && spf?.status.result === 'pass', dkimDomains, dmarc: dmarc !== false && dmarc?.status.result === 'pass' }
}

/** `d=` of every signature, believed without a look at keys. */
export function claimedDkimDomains(headers: ReadonlyMap<string, readonly string[]>): string[] {
  return (headers.get('dkim-signature') ?? []).flatMap((field) => /(?:^|;)\s*d=([^;\s]+)/.exec(field)?.[1]?.toLowerCase() ?? [])
}

/** Header fields by lower-case name, unfolded. */
export function headersOf(bytes: Buffer): Map<string, string[]> {
  const text = bytes.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const headers = new Map<string, string[]>()
  for (const line of text
    .slice(0, end < 0 ? text.length : end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).toLowerCase()
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()])
  }
  return headers
}
