// Does a server's certificate chain match a host's TLSA records? DANE-EE(3) and DANE-TA(2) as SMTP uses them (RFC 7672 §3.1, RFC 7671). Pure.
import { createHash, createPublicKey, type KeyObject, timingSafeEqual, X509Certificate } from 'node:crypto'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { Tlsa } from '../../kit/dns.ts'
import { chainLengthMax, tlsaRecordsMax } from './limits.ts'

/** A record that SMTP clients can use: PKIX usages, unknown values and broken digests are not (RFC 7672 §3.1.3). */
export function isUsable({ usage, selector, matchingType, data }: Tlsa): boolean {
  if ((usage !== 2 && usage !== 3) || (selector !== 0 && selector !== 1)) return false
  if (matchingType === 0) return selector === 0 ? readCertificate(data) !== undefined : readKey(data) !== undefined
  return (matchingType === 1 && data.length === 32) || (matchingType === 2 && data.length === 64)
}

/**
 * Undefined when one record matches, otherwise why none does.
 * @param chain as presented, the server's own certificate first. @param names what the certificate may be for, under DANE-TA.
 */
export function tlsaMismatch(
  records: readonly Tlsa[],
  chain: readonly X509Certificate[],
  names: readonly string[],
  now: number,
): 'certificate-not-trusted' | 'certificate-host-mismatch' | 'certificate-expired' | undefined {
  const [leaf] = chain
  let why: ReturnType<typeof tlsaMismatch> = 'certificate-not-trusted'
  if (!leaf) return why
  for (const record of records.slice(0, tlsaRecordsMax)) {
    if (record.usage === 3) {
      // RFC 7671 §5.1: neither names nor dates count; the record says all.
      if (fits(record, leaf)) return undefined
      continue
    }
    const found = underAnchor(record, chain, names, now)
    if (found === undefined) return undefined
    if (found !== 'certificate-not-trusted') why = found
  }
  return why
}

/** RFC 7671 §5.2: the chain must end at the anchor, be valid now, and be for the host. */
function underAnchor(record: Tlsa, chain: readonly X509Certificate[], names: readonly string[], now: number): ReturnType<typeof tlsaMismatch> {
  const [leaf] = chain
  if (!leaf) return 'certificate-not-trusted'
  const path = pathToAnchor(record, chain.slice(0, chainLengthMax))
  if (!path) return 'certificate-not-trusted'
  if (!path.every(({ validFrom, validTo }) => Date.parse(validFrom) <= now && now < Date.parse(validTo))) return 'certificate-expired'
  return names.some((name) => isFor(leaf, name)) ? undefined : 'certificate-host-mismatch'
}

/** The certificates below the anchor, and the anchor when it was presented; undefined: it is not above this chain. */
function pathToAnchor(record: Tlsa, chain: readonly X509Certificate[]): readonly X509Certificate[] | undefined {
  for (const [index, certificate] of chain.entries()) {
    const issued = chain[index - 1]
    // Each signed by the next, which must be an authority.
    if (issued && !(certificate.ca && issued.checkIssued(certificate) && issued.verify(certificate.publicKey))) return undefined
    if (index > 0 && fits(record, certificate)) return chain.slice(0, index + 1)
    // A server may leave the anchor out when the record holds all of it.
    if (record.matchingType === 0 && isSignedBy(record, certificate)) return chain.slice(0, index + 1)
  }
  return undefined
}

function isSignedBy({ selector, data }: Tlsa, certificate: X509Certificate): boolean {
  if (selector === 1) {
    const key = readKey(data)
    return key !== undefined && safely(() => certificate.verify(key))
  }
  const anchor = readCertificate(data)
  return anchor?.ca === true && certificate.checkIssued(anchor) && safely(() => certificate.verify(anchor.publicKey))
}

function fits({ selector, matchingType, data }: Tlsa, certificate: X509Certificate): boolean {
  const bytes = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' })
  const found =
    matchingType === 0
      ? bytes
      : createHash(matchingType === 1 ? 'sha256' : 'sha512')
          .update(bytes)
          .digest()
  return found.length === data.length && timingSafeEqual(found, data)
}

/** The rules of TLS for names, and those alone: wildcards of one label, subjectAltName before the common name. */
function isFor(certificate: X509Certificate, name: string): boolean {
  return safely(() => checkServerIdentity(name, certificate.toLegacyObject() as PeerCertificate) === undefined)
}

function readCertificate(bytes: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(bytes)
  } catch {
    return undefined
  }
}

function readKey(bytes: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: bytes, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** A key of another kind than the signature makes OpenSSL throw: no match. */
function safely(judge: () => boolean): boolean {
  try {
    return judge()
  } catch {
    return false
  }
}
