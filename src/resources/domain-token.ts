// The token with which the owner of a domain proves it in the way of SES v1: a TXT record at `_amazonses.<domain>`. It follows from
// the master key and the name, so nothing is kept and asking again gives the same.
import { createHmac } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'

/** The token of a domain in its stored form; 44 characters, as SES's. */
export function domainToken(sealer: Sealer, domain: string): string {
  return createHmac('sha256', sealer.deriveKey('domain verification token')).update(domain).digest('base64')
}

/** Where the record stands. */
export function domainTokenName(domain: string): string {
  return `_amazonses.${domain}`
}
