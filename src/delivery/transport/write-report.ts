// The report of one domain's day: JSON (RFC 8460 §4), gzip, and the mail that carries it (§5). Pure but for compression.
import { gzipSync } from 'node:zlib'
import type { TlsPolicyCount, TlsReportRecord } from '../../resources/tls-reports.ts'

/** Who reports. */
export interface Reporter {
  /** BULKHEAD_HOSTNAME: submitter and signing domain. */
  readonly hostname: string
}

/** A report ready to go. */
export interface WrittenReport {
  readonly id: string
  readonly subject: string
  /** For `TLS-Report-Domain` and `TLS-Report-Submitter`. */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly text: string
  readonly fileName: string
  /** gzip of the JSON text. */
  readonly bytes: Buffer
}

/** The media type of `bytes`. */
export const reportMediaType = 'application/tlsrpt+gzip'

/** Writes it; the same record gives the same id, so that a repeat is known as one. */
export function writeReport(record: TlsReportRecord, { hostname }: Reporter): WrittenReport {
  const { domain, day } = record
  const id = `${day}_${domain}`
  const begin = Date.parse(`${day}T00:00:00Z`) / 1_000
  const json = {
    'organization-name': hostname,
    'date-range': { 'start-datetime': `${day}T00:00:00Z`, 'end-datetime': `${day}T23:59:59Z` },
    'contact-info': `postmaster@${hostname}`,
    'report-id': id,
    policies: record.policies.map((policy) => policyOf(policy, domain)),
  }
  const sessions = record.policies.reduce((sum, { successes, failures }) => sum + successes + failureSum(failures), 0)
  return {
    id,
    // RFC 8460 §5.3.
    subject: `Report Domain: ${domain} Submitter: ${hostname} Report-ID: <${id}@${hostname}>`,
    headers: [
      { name: 'TLS-Report-Domain', value: domain },
      { name: 'TLS-Report-Submitter', value: hostname },
    ],
    text: `This is an aggregate TLS report from ${hostname} about ${sessions} SMTP sessions with the mail servers of ${domain} on ${day} (UTC).\n`,
    fileName: `${hostname}!${domain}!${begin}!${begin + 86_399}!${day.replaceAll('-', '')}.json.gz`,
    bytes: gzipSync(JSON.stringify(json)),
  }
}

function policyOf({ type, text, hosts, successes, failures }: TlsPolicyCount, domain: string): object {
  return {
    policy: {
      'policy-type': type,
      ...(text.length > 0 ? { 'policy-string': text } : {}),
      'policy-domain': domain,
      ...(hosts.some((host) => host !== '') ? { 'mx-host': hosts.filter((host) => host !== '') } : {}),
    },
    summary: { 'total-successful-session-count': successes, 'total-failure-session-count': failureSum(failures) },
    ...(failures.length > 0
      ? {
          'failure-details': failures.map(({ result, sendingIp, host, receivingIp, reason, count }) => ({
            'result-type': result,
            ...given('sending-mta-ip', sendingIp),
            ...given('receiving-mx-hostname', host),
            ...given('receiving-ip', receivingIp),
            'failed-session-count': count,
            ...given('failure-reason-code', reason),
          })),
        }
      : {}),
  }
}

function failureSum(failures: TlsPolicyCount['failures']): number {
  return failures.reduce((sum, { count }) => sum + count, 0)
}

function given(name: string, value: string): object {
  return value === '' ? {} : { [name]: value }
}
