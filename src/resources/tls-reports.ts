// What TLS sessions with a recipient domain came to on one day, until it is reported (RFC 8460). Records are bounded: results of one policy in
// one shape are one row with a count.
import { collection, compositeKey } from '../storage/store.ts'

/** One kind of failure. */
export interface TlsFailureCount {
  readonly result: string
  readonly sendingIp: string
  readonly host: string
  readonly receivingIp: string
  readonly reason: string
  readonly count: number
}

/** Sessions under one policy. */
export interface TlsPolicyCount {
  readonly type: 'sts' | 'tlsa' | 'no-policy-found'
  /** The policy as published: lines of the file, or TLSA records. */
  readonly text: readonly string[]
  readonly hosts: readonly string[]
  readonly successes: number
  readonly failures: readonly TlsFailureCount[]
}

/** One domain's day. */
export interface TlsReportRecord {
  readonly domain: string
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string
  readonly policies: readonly TlsPolicyCount[]
  /** Its report was handed over; the message carries it, so its transport must not be judged (RFC 8460 §3). */
  readonly sent?: { readonly at: number; readonly messageIds: readonly string[] }
}

/** Days of domains, oldest first; key: `tlsReportKey`. */
export const tlsReports = collection<TlsReportRecord>('tls-report')

/** Days sort before domains. */
export function tlsReportKey(day: string, domain: string): string {
  return compositeKey(day, domain)
}
