// What one session with one host must prove before mail goes over it, from the demand, the host's addresses and its TLSA records.
// DANE outranks MTA-STS: where a usable TLSA record exists, it alone decides (RFC 8461 §2, RFC 7672 §2.2).
import { X509Certificate } from 'node:crypto'
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { Clock } from '../../kit/clock.ts'
import type { HostAddresses, MailHost } from '../resolve-destination.ts'
import type { Demand } from './demand.ts'
import { chainLengthMax } from './limits.ts'
import { tlsaMismatch } from './match-tlsa.ts'
import type { TlsaTable } from './tlsa-table.ts'

/** Result types of RFC 8460 §4.3. */
export type TlsResult =
  | 'starttls-not-supported'
  | 'certificate-host-mismatch'
  | 'certificate-expired'
  | 'certificate-not-trusted'
  | 'validation-failure'
  | 'tlsa-invalid'
  | 'dnssec-invalid'
  | 'sts-policy-fetch-error'
  | 'sts-policy-invalid'
  | 'sts-webpki-invalid'

/** Why a session did not prove what it must. */
export interface TlsFailure {
  readonly result: TlsResult
  /** For people and for `failure-reason-code`. */
  readonly reason: string
}

/** A rule for sessions with one host. */
export interface SessionRule {
  /** No mail in clear. */
  readonly tls: boolean
  /** SNI, and the name that certificates are judged for. */
  readonly serverName: string
  /** The TLSA records that rule, as written in a zone. */
  readonly tlsa?: readonly string[]
  /** What is wrong although the session may be used: TLSA records that nobody can use. */
  readonly flaw?: TlsFailure
  /** Judges the peer after the handshake; left out: any certificate will do. */
  readonly judge?: (socket: TLSSocket) => TlsFailure | undefined
}

/** A rule, or why this host is passed over. */
export type Ruling =
  | { readonly kind: 'rule'; readonly rule: SessionRule }
  | { readonly kind: 'refused'; readonly reply: string; readonly failure: TlsFailure; readonly tlsa: boolean }

/** Decides for one host. Never rejects. @param tlsa undefined: the resolver does not validate. */
export async function ruleFor(
  host: MailHost,
  found: Extract<HostAddresses, { kind: 'addresses' }>,
  demand: Demand,
  { tlsa, clock }: { tlsa: TlsaTable | undefined; clock: Clock },
): Promise<Ruling> {
  let flaw: TlsFailure | undefined
  if (demand.dane && tlsa && found.secure) {
    // RFC 7672 §2.2.2: first at the name that an alias leads to.
    const answer = await tlsa.find(found.canonical === undefined ? [host.name] : [found.canonical, host.name], host.port)
    if (answer.kind === 'failed') {
      const reason = `the TLSA records of ${host.name} cannot be had (${answer.code})`
      return { kind: 'refused', reply: `451 4.7.5 DANE: ${reason}`, failure: { result: 'dnssec-invalid', reason }, tlsa: true }
    }
    if (answer.kind === 'usable') {
      const { base, records, texts } = answer
      const names = [...new Set([base, host.name])]
      const judge = (socket: TLSSocket) => {
        const mismatch = tlsaMismatch(records, chainOf(socket), names, clock.now())
        return mismatch && { result: mismatch, reason: `the certificate of ${host.name} does not match its TLSA records` }
      }
      return { kind: 'rule', rule: { tls: true, serverName: base, tlsa: texts, judge } }
    }
    if (answer.kind === 'unusable') flaw = { result: 'tlsa-invalid', reason: `no TLSA record of ${host.name} is usable` }
  }
  if (demand.stsHosts) {
    if (!demand.stsHosts.has(host.name)) {
      const reason = `${host.name} is not a mail exchanger that the MTA-STS policy names`
      return { kind: 'refused', reply: `451 4.7.5 ${reason}`, failure: { result: 'validation-failure', reason }, tlsa: false }
    }
    return { kind: 'rule', rule: { tls: true, serverName: host.name, judge: judgePublicKey, ...(flaw ? { flaw } : {}) } }
  }
  return { kind: 'rule', rule: { tls: demand.tls || flaw !== undefined, serverName: host.name, ...(flaw ? { flaw } : {}) } }
}

/** PKIX: the chain is trusted, in date, and for the server name. */
function judgePublicKey(socket: TLSSocket): TlsFailure | undefined {
  return socket.authorized ? undefined : certificateFailure(String(socket.authorizationError ?? 'unknown'))
}

/** OpenSSL's and Node's words as result types. */
export function certificateFailure(code: string): TlsFailure {
  const result = /EXPIRED|NOT_YET_VALID/.test(code)
    ? 'certificate-expired'
    : code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH'
      ? 'certificate-host-mismatch'
      : 'certificate-not-trusted'
  return { result, reason: code }
}

/** The chain as presented, the peer's own certificate first. */
function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = []
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (next?.raw && chain.length < chainLengthMax) {
    chain.push(new X509Certificate(next.raw))
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate
  }
  return chain
}
