// Look-ups like dns.ts by a client of our own, for a resolver that validates DNSSEC and to which the path is safe: its answers say whether they
// are secure, and TLSA records can be asked for. Whether the resolver deserves it is the operator's word (BULKHEAD_DNSSEC).
import type { RecordType } from 'dns-packet'
import { askDns, type WireAnswer } from './ask-dns.ts'
import type { Clock } from './clock.ts'
import type { Dns, DnsAnswer } from './dns.ts'
import { dnsAliasesMax, dnsAskedMax, dnsLineMax, dnsTries } from './limits.ts'
import type { Random } from './random.ts'

/** Asks the given servers in turn (`host:port`); at least one. Never rejects; a question that nobody answers takes 10 s for each server. */
export function openValidatingDns(servers: readonly string[], parts: { clock: Clock; random: Random }): Dns {
  const line: (() => void)[] = []
  let asked = 0

  async function exchange(name: string, type: RecordType): Promise<WireAnswer | undefined> {
    if (asked >= dnsAskedMax) {
      if (line.length >= dnsLineMax) return undefined
      await new Promise<void>((resolve) => line.push(resolve))
    }
    asked++
    try {
      let last: WireAnswer | undefined
      for (let tried = 0; tried < dnsTries; tried++) {
        for (const server of servers) {
          const answer = await askDns(server, name, type, parts)
          // A server that refuses or fails: perhaps another does not.
          if (answer && (answer.code === 0 || answer.code === 3)) return answer
          last = answer ?? last
        }
        // It said no; asking again at once changes nothing.
        if (last) return last
      }
      return last
    } finally {
      asked--
      line.shift()?.()
    }
  }

  async function look<T>(name: string, type: RecordType, read: (data: unknown) => T | undefined): Promise<DnsAnswer<T>> {
    if (!isAskable(name)) return { kind: 'absent', nameExists: false }
    const answer = await exchange(name, type)
    if (!answer) return { kind: 'failed', code: 'ETIMEOUT' }
    const { code, secure } = answer
    if (code === 3) return { kind: 'absent', nameExists: false, secure }
    if (code !== 0) return { kind: 'failed', code: code === 2 ? 'ESERVFAIL' : code === 5 ? 'EREFUSED' : 'EBADRESP' }
    const canonical = followAliases(answer, name.toLowerCase())
    const records: T[] = []
    for (const record of answer.answers) {
      if (record.type !== type || !('data' in record) || record.name.toLowerCase() !== canonical) continue
      const value = read(record.data)
      if (value !== undefined) records.push(value)
    }
    if (records.length === 0) return { kind: 'absent', nameExists: true, secure }
    return { kind: 'records', records, secure, ...(canonical === name.toLowerCase() ? {} : { canonical }) }
  }

  return {
    mx: (domain) =>
      look(domain, 'MX', (data) => {
        const { exchange: host, preference = 0 } = data as { exchange: string; preference?: number }
        return { exchange: host === '.' ? '' : host.toLowerCase(), preference }
      }),
    ipv4: (host) => look(host, 'A', String),
    ipv6: (host) => look(host, 'AAAA', String),
    txt: (name) => look(name, 'TXT', (data) => (Array.isArray(data) ? data : [data]).map((text) => Buffer.from(text as Buffer).toString('utf8')).join('')),
    // The alias itself: it has no records of this type behind it.
    cname: async (name) => {
      const answer = isAskable(name) ? await exchange(name, 'CNAME') : undefined
      const first = answer?.answers.find((record) => record.type === 'CNAME' && record.name.toLowerCase() === name.toLowerCase())
      if (first?.type === 'CNAME') return { kind: 'records', records: [first.data.toLowerCase()], secure: answer?.secure ?? false }
      if (answer?.code === 0 || answer?.code === 3) return { kind: 'absent', nameExists: answer.code === 0, secure: answer.secure }
      return isAskable(name) ? { kind: 'failed', code: 'ESERVFAIL' } : { kind: 'absent', nameExists: false }
    },
    soa: (name) =>
      look(name, 'SOA', (data) => {
        const { mname, rname, serial = 0 } = data as { mname: string; rname: string; serial?: number }
        return { primary: mname, mailbox: rname, serial }
      }),
    tlsa: (name) =>
      look(name, 'TLSA', (data) => {
        const { usage, selector, matchingType, certificate } = data as { usage: number; selector: number; matchingType: number; certificate: Buffer }
        return { usage, selector, matchingType, data: Buffer.from(certificate) }
      }),
  }
}

/** Other bytes do not survive a packet, and such a name cannot exist. */
function isAskable(name: string): boolean {
  return /^[\x21-\x7e]{1,253}$/.test(name) && name.split('.').every((label) => label.length > 0 && label.length <= 63)
}

function followAliases({ answers }: WireAnswer, name: string): string {
  let canonical = name
  for (let step = 0; step < dnsAliasesMax; step++) {
    const alias = answers.find((record) => record.type === 'CNAME' && record.name.toLowerCase() === canonical)
    if (alias?.type !== 'CNAME') break
    canonical = alias.data.toLowerCase()
  }
  return canonical
}
