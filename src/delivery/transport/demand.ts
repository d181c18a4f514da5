// What mail demands of the connection that carries it. Mail of many domains shares the connections of a site; a demand keeps apart what must not
// meet: a pool of connections holds only sessions that were opened, and proved, under its demand (RFC 8461, RFC 7672, TlsPolicy REQUIRE).
import type { StsPolicy } from '../../resources/sts-policies.ts'
import { namesHost } from './sts-policy.ts'

/** A demand; none at all is `undefined`, and costs nothing. */
export interface Demand {
  /** Equal keys share connections. */
  readonly key: string
  /** Never in clear (TlsPolicy REQUIRE). */
  readonly tls: boolean
  /** Only these hosts, with a certificate that is valid for their names (MTA-STS in mode enforce). */
  readonly stsHosts: ReadonlySet<string> | undefined
  /** The MX records are secure, so TLSA records of the hosts rule. */
  readonly dane: boolean
}

/** What a domain publishes about the transport of its mail; part of its destination while that is remembered. */
export interface DomainSecurity {
  readonly domain: string
  readonly demand: Demand | undefined
  /** In force, whatever its mode. */
  readonly policy: StsPolicy | undefined
  /** It asks for reports (RFC 8460). */
  readonly wantsReports: boolean
}

const tlsAlone: Demand = { key: 'tls', tls: true, stsHosts: undefined, dane: false }

/** What a domain's hosts, policy and DNSSEC demand together. */
export function domainDemand(hosts: readonly { readonly name: string }[], policy: StsPolicy | undefined, dane: boolean): Demand | undefined {
  const enforced = policy?.mode === 'enforce' ? policy.hosts : undefined
  if (!enforced && !dane) return undefined
  const named = enforced && hosts.filter(({ name }) => namesHost(enforced, name)).map(({ name }) => name)
  // The common case, all hosts named, has one key for all domains of a site.
  const stsKey = named === undefined ? '' : named.length === hosts.length ? 'sts' : `sts ${[...new Set(named)].sort().join(' ')}`
  return { key: [dane ? 'dane' : '', stsKey].filter((part) => part !== '').join(' '), tls: false, stsHosts: named && new Set(named), dane }
}

/** The demand of one message; `undefined`: any connection will do. */
export function messageDemand(security: DomainSecurity | undefined, tlsRequired: boolean): Demand | undefined {
  const demand = security?.demand
  if (!tlsRequired) return demand
  if (!demand) return tlsAlone
  // An enforced policy never goes in clear already.
  return demand.stsHosts ? demand : { ...demand, key: `tls ${demand.key}`, tls: true }
}
