// The name to ask a block list about an address or a domain. RFC 5782 §2.1 (IPv4), §2.4 (IPv6: 32 nibbles), §3 (names).
import { isIP } from 'node:net'

/** What a list is about. */
export type ListKind = 'addresses' | 'domains'

/** What kind of list a zone is; Spamhaus's DBL is the one about domains that we know. */
export function listKind(zone: string): ListKind {
  return /(^|\.)dbl(\.dq)?\.spamhaus\.(org|net)$/.test(zone) ? 'domains' : 'addresses'
}

/** RFC 5782 §5: entries by which a list shows that it works; for domains those that Spamhaus keeps. */
export const testPoints: Readonly<Record<ListKind, { readonly listed: string; readonly clear: string }>> = {
  addresses: { listed: '127.0.0.2', clear: '127.0.0.1' },
  domains: { listed: 'dbltest.com', clear: 'example.com' },
}

/** The name; `subject` is an IP address or a domain. */
export function queryName(subject: string, zone: string): string {
  return `${reversed(subject)}.${zone}`
}

/** A zone as people may see it: the key that paid services put in front stays secret. */
export function shownZone(zone: string): string {
  return zone.replace(/^[a-z0-9]{20,63}\.(?=.+\.)/, '')
}

function reversed(subject: string): string {
  switch (isIP(subject)) {
    case 4:
      return subject.split('.').reverse().join('.')
    case 6:
      return [...nibbles(subject)].reverse().join('.')
    default:
      return subject
  }
}

/** All 32 hexadecimal digits of an IPv6 address. */
function nibbles(address: string): string {
  const bare = (address.split('%')[0] ?? '').toLowerCase().replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${hex(a, b)}:${hex(c, d)}`)
  const [head = '', tail] = bare.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
  return groups.map((group) => group.padStart(4, '0')).join('')
}

function hex(high: string, low: string): string {
  return (Number(high) * 256 + Number(low)).toString(16)
}
