// The DNS of development mode: every domain takes mail at the far server, and every identity looks as if its owner had
// published what verification asks for. Some names fail on purpose; the table `zoneNames` says which.
// Leaves to whom: which records an identity needs and what the signing zone holds is decided in resources/; it comes in as functions.
import type { DnsQuestion, DnsRecord, DnsReply } from '../kit/dns-server.ts'
import { parentsMax } from './limits.ts'

/** A record that somebody should publish, in the words of a zone file: MX `10 host`, TXT without quotes; no trailing dots. */
export interface PublishedRecord {
  readonly name: string
  readonly type: 'CNAME' | 'MX' | 'TXT'
  readonly value: string
}

/** Names that do not behave, for documents and the console; names below them do the same. */
export const zoneNames: readonly { readonly name: string; readonly effect: string }[] = [
  { name: 'nxdomain.test', effect: 'Does not exist: NXDOMAIN for every type.' },
  { name: 'servfail.test', effect: 'Cannot be looked up now: SERVFAIL for every type.' },
  { name: 'nullmx.test', effect: 'Takes no mail: a null MX (RFC 7505).' },
  { name: 'nomx.test', effect: 'Has an address but no MX: mail goes to the address (RFC 5321 §5.1).' },
]

const mailPreference = 10

/**
 * The answer function of the development zone, for `startDnsServer`.
 * @param world.expectedRecords what the owner of that identity should publish; empty for a domain that is no identity. Also answers MAIL FROM records.
 * @param world.ownRecord the TXT text of a name in our own zones (keys of Easy DKIM, the provider's key); undefined when it is none of them.
 * @param world.hostname our own name.
 */
export function developmentZone(world: {
  expectedRecords: (identityName: string) => Promise<readonly PublishedRecord[]>
  ownRecord: (name: string) => Promise<string | undefined>
  hostname: string
  farAddress?: string
}): (question: DnsQuestion) => Promise<DnsReply> {
  const { expectedRecords, ownRecord, hostname, farAddress = '127.0.0.1' } = world

  /** What the owners of `name` or of a domain above it published at `name`. */
  const publishedAt = async (name: string): Promise<DnsRecord[]> => {
    const labels = name.split('.')
    const found: DnsRecord[] = []
    for (let from = Math.max(0, labels.length - parentsMax); from < labels.length; from += 1) {
      for (const record of await expectedRecords(labels.slice(from).join('.'))) {
        if (record.name.toLowerCase() === name) found.push(toRecord(name, record))
      }
    }
    return found
  }

  return async ({ name, type }) => {
    if (isUnder(name, 'nxdomain.test')) return { code: 'NXDOMAIN' }
    if (isUnder(name, 'servfail.test')) return { code: 'SERVFAIL' }
    if (name === '.' || name === '') return { code: 'NOERROR', records: [] }

    const ownText = await ownRecord(name)
    if (ownText !== undefined) return noError(type === 'TXT' ? [{ name, type, data: ownText }] : [])
    if (isUnder(name, `dkim.${hostname}`)) return { code: 'NXDOMAIN' }

    const published = await publishedAt(name)
    const alias = published.find((record) => record.type === 'CNAME')
    if (alias?.type === 'CNAME') {
      // A CNAME stands alone at its name (RFC 1034 §3.6.2); a resolver expects the target's records along with it.
      const target = type === 'TXT' ? await ownRecord(alias.data) : undefined
      return noError(target === undefined ? [alias] : [alias, { name: alias.data, type: 'TXT', data: target }])
    }
    const exact = published.filter((record) => record.type === type)
    if (exact.length > 0) return noError(exact)

    // Selectors, policies and reports are not hosts: where nobody published one, there is no such name.
    if (name.includes('_')) {
      if (/^_dmarc\./.test(name)) return noError(type === 'TXT' ? [{ name, type: 'TXT', data: 'v=DMARC1; p=none' }] : [])
      return published.length > 0 ? noError([]) : { code: 'NXDOMAIN' }
    }
    // Our own SPF, for bounces and for the include of MAIL FROM domains.
    if (type === 'TXT' && name === hostname) return noError([{ name, type, data: `v=spf1 ip4:${farAddress} ~all` }])
    if (type === 'MX') return noError(mailAt(name))
    if (type === 'A') return noError([{ name, type: 'A', data: farAddress }])
    return noError([])
  }
}

// Each domain has a mail exchanger of its own name, so that delivery keeps its sites apart as it does outside.
function mailAt(name: string): DnsRecord[] {
  if (isUnder(name, 'nomx.test')) return []
  if (isUnder(name, 'nullmx.test')) return [{ name, type: 'MX', preference: 0, exchange: '' }]
  return [{ name, type: 'MX', preference: mailPreference, exchange: name.length < 250 ? `mx.${name}` : name }]
}

function toRecord(name: string, record: PublishedRecord): DnsRecord {
  switch (record.type) {
    case 'MX': {
      const [preference = '10', exchange = ''] = record.value.trim().split(/\s+/)
      return { name, type: 'MX', preference: Number(preference), exchange: exchange.toLowerCase() }
    }
    case 'CNAME':
      return { name, type: 'CNAME', data: record.value.toLowerCase() }
    case 'TXT':
      return { name, type: 'TXT', data: record.value }
  }
}

function noError(records: readonly DnsRecord[]): DnsReply {
  return { code: 'NOERROR', records }
}

function isUnder(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`)
}
