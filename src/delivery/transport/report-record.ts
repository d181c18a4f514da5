// Where a domain wants its TLS reports (RFC 8460 §3). Pure.
import { reportTargetsMax } from './limits.ts'

/** A place for reports. */
export type ReportTarget = { readonly kind: 'mail'; readonly address: string } | { readonly kind: 'https'; readonly url: string }

/** The places in the TXT strings of `_smtp._tls.<domain>`; none when there is not exactly one valid record. */
export function readReportTargets(texts: readonly string[]): ReportTarget[] {
  const records = texts.filter((text) => /^v=TLSRPTv1[ \t]*(;|$)/.test(text))
  const [record] = records
  if (records.length !== 1 || record === undefined) return []
  for (const field of record.split(';').slice(1)) {
    const match = /^[ \t]*rua[ \t]*=(.*)$/.exec(field)
    if (!match) continue
    const places = (match[1] ?? '').split(',').map((text) => readTarget(text.trim()))
    return places.filter((place) => place !== undefined).slice(0, reportTargetsMax)
  }
  return []
}

function readTarget(text: string): ReportTarget | undefined {
  if (/^https:\/\//i.test(text) && URL.canParse(text)) return { kind: 'https', url: text }
  if (!/^mailto:/i.test(text)) return undefined
  try {
    // RFC 6068 §2; what stands behind `?` would be header fields, which are ours.
    const address = decodeURIComponent(text.slice('mailto:'.length).split('?')[0] ?? '')
    return /^[^\s@<>,;:"()[\]\\]{1,64}@[a-z0-9.-]{1,253}$/i.test(address) ? { kind: 'mail', address } : undefined
  } catch {
    return undefined
  }
}
