// Which hosts take mail for a domain: RFC 5321 §5.1 with RFC 7505, and what an answer that names none means.
// Leaves to whom: addresses of hosts are looked up when a connection is opened (`resolveAddresses`); caching is route.ts.
import { isIP } from 'node:net'
import type { Dns, Mx } from '../kit/dns.ts'
import type { Random } from '../kit/random.ts'
import { providerOfDomain } from '../mail/mailbox-provider.ts'
import type { DomainSecurity } from './transport/demand.ts'

/** A host to try; `port` as routed. */
export interface MailHost {
  /** Name (or address, in a static route); the TLS server name. */
  readonly name: string
  readonly port: number
  readonly preference: number
}

/** Where mail for a domain goes, or why it cannot. Texts are replies as a far server would give them. */
export type Destination =
  | {
      readonly kind: 'hosts'
      readonly site: string
      readonly hosts: readonly MailHost[]
      readonly routed: boolean
      /** Whose mail goes by a route of its own: a provider's rules count there too, whoever listens. */
      readonly provider?: string | undefined
      /** DNSSEC proves the MX records, or that there are none. */
      readonly secure?: boolean | undefined
      /** What the domain publishes about transport; left out: nothing. */
      readonly security?: DomainSecurity | undefined
    }
  | { readonly kind: 'permanent'; readonly reply: string }
  | { readonly kind: 'temporary'; readonly reply: string }

/** A statically routed host. */
export interface RouteHost {
  readonly host: string
  readonly port: number
}

/** Static routes by domain; `*` for the rest. */
export type Routes = ReadonlyMap<string, readonly RouteHost[]>

/** Finds the destination of `domain` (A-label form, lower case). Never rejects. */
export async function resolveDestination(
  domain: string,
  { dns, routes, remotePort, ownNames }: { dns: Dns; routes: Routes; remotePort: number; ownNames: ReadonlySet<string> },
): Promise<Destination> {
  const own = routes.get(domain)
  const routed = own ?? routes.get('*')
  if (routed && routed.length > 0) {
    const hosts = routed.map(({ host, port }, preference) => ({ name: host, port, preference }))
    const provider = own && providerOfDomain(domain)
    const site = `route ${provider === undefined ? '' : `of ${provider} `}${hosts.map(({ name, port }) => `${name}:${port}`).join(' ')}`
    return { kind: 'hosts', site, hosts, routed: true, ...(provider === undefined ? {} : { provider }) }
  }
  if (domain.startsWith('[')) return { kind: 'permanent', reply: '550 5.1.3 Address literals are not accepted as a destination' }
  const answer = await dns.mx(domain)
  switch (answer.kind) {
    case 'records':
      return fromMx(answer.records, remotePort, ownNames, answer.secure)
    case 'failed':
      return { kind: 'temporary', reply: `451 4.4.3 Name server failure for ${domain} (${answer.code})` }
    case 'absent':
      // RFC 5321 §5.1: a name without MX is its own exchange.
      if (answer.nameExists) return fromMx([{ exchange: domain, preference: 0 }], remotePort, ownNames, answer.secure)
      return { kind: 'permanent', reply: `550 5.4.4 Invalid domain ${domain}` }
  }
}

function fromMx(records: readonly Mx[], port: number, ownNames: ReadonlySet<string>, secure: boolean | undefined): Destination {
  const named = records.map(({ exchange, preference }) => ({ name: exchange.replace(/\.$/, ''), port, preference }))
  if (named.length === 1 && named[0]?.name === '') return { kind: 'permanent', reply: '556 5.1.10 The domain does not accept mail (null MX)' }
  const usable = named.filter(({ name }) => name !== '' && isIP(name) === 0)
  if (usable.length === 0) return { kind: 'temporary', reply: '451 4.4.4 No usable mail exchanger' }
  const hosts = usable.sort((a, b) => a.preference - b.preference)
  // RFC 5321 §5.1: never hand on to ourselves or to anyone less preferred than we are.
  const own = hosts.find(({ name }) => ownNames.has(name))
  const better = own ? hosts.filter(({ preference }) => preference < own.preference) : hosts
  if (better.length === 0) return { kind: 'temporary', reply: '451 4.4.6 Mail for this domain would loop back to us' }
  const site = [...new Set(better.map(({ name }) => name))].sort().join(' ')
  return { kind: 'hosts', site, hosts: better, routed: false, ...(secure ? { secure } : {}) }
}

/** Hosts in the order to try them: by preference, equals shuffled. */
export function orderHosts(hosts: readonly MailHost[], random: Random): MailHost[] {
  return hosts
    .map((host) => ({ host, lot: random.fraction() }))
    .sort((a, b) => a.host.preference - b.host.preference || a.lot - b.lot)
    .map(({ host }) => host)
}

/** Addresses of a host, or the reply that says why there are none. */
export type HostAddresses =
  | {
      readonly kind: 'addresses'
      readonly addresses: readonly string[]
      /** DNSSEC proves all of them. */
      readonly secure?: boolean
      /** Where the name, an alias, leads. */
      readonly canonical?: string | undefined
    }
  | { readonly kind: 'none'; readonly reply: string }

/** Looks up the addresses of a host; IPv6 first when `ipv6` says that we have a source for it. */
export async function resolveAddresses(dns: Dns, name: string, ipv6: boolean): Promise<HostAddresses> {
  if (isIP(name) !== 0) return { kind: 'addresses', addresses: [name] }
  if (name === 'localhost') return { kind: 'addresses', addresses: ['127.0.0.1'] }
  const answers = await Promise.all([...(ipv6 ? [dns.ipv6(name)] : []), dns.ipv4(name)])
  const addresses = answers.flatMap((answer) => (answer.kind === 'records' ? answer.records : []))
  if (addresses.length > 0) {
    const found = answers.filter((answer) => answer.kind === 'records')
    if (!found.every(({ secure }) => secure)) return { kind: 'addresses', addresses }
    return { kind: 'addresses', addresses, secure: true, canonical: found[0]?.canonical }
  }
  const failed = answers.some((answer) => answer.kind === 'failed')
  return { kind: 'none', reply: failed ? `451 4.4.3 Name server failure for host ${name}` : `451 4.4.4 Mail exchanger ${name} has no address` }
}
