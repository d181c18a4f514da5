// The DNS door: answers for the zone `dkim.<hostname>`, so that the CNAMEs that customers of Easy DKIM publish lead to their keys.
// The operator delegates the zone to this host. Authoritative only (RFC 1034 §4.3.1): everything else is refused, nothing is looked up for strangers.
// Leaves to whom: which key belongs to which token is resources/signing-zone.ts.
import { type DnsQuestion, type DnsRecord, type DnsReply, type DnsServer, startDnsServer } from '../kit/dns-server.ts'
import type { Log } from '../kit/log.ts'
import { signingZone } from '../resources/dns-records.ts'
import { keyRecordTtlMs } from '../resources/limits.ts'
import { answerSigningZone } from '../resources/signing-zone.ts'
import type { Store } from '../storage/store.ts'

const ttlSeconds = keyRecordTtlMs / 1_000
// A token whose key is about to be made is asked for again soon.
const negativeTtlSeconds = 60

/** Opens the door. @throws the system's error when the port cannot be had for both UDP and TCP. */
export function openSigningZoneDoor(parts: { store: Pick<Store, 'get'>; log: Log; hostname: string; host: string; port: number }): Promise<DnsServer> {
  const { store, log, hostname, host, port } = parts
  return startDnsServer({ host, port, log, ttlSeconds, answer: (question) => answerQuestion(store, hostname, question) })
}

/** The answer to one question; names in lower case. */
export async function answerQuestion(store: Pick<Store, 'get'>, hostname: string, { name, type }: DnsQuestion): Promise<DnsReply> {
  const zone = signingZone(hostname)
  const authority: DnsRecord = { name: zone, type: 'SOA', primary: hostname, mailbox: `postmaster.${hostname}`, serial: 1, negativeTtlSeconds }
  if (name === zone) {
    if (type === 'SOA') return { code: 'NOERROR', records: [authority] }
    if (type === 'NS') return { code: 'NOERROR', records: [{ name: zone, type: 'NS', data: hostname }] }
    return { code: 'NOERROR', records: [], authority }
  }
  if (!name.endsWith(`.${zone}`)) return { code: 'REFUSED' }
  const texts = name.slice(0, -zone.length - 1).includes('.') ? undefined : await answerSigningZone(store, name)
  if (!texts) return { code: 'NXDOMAIN', authority }
  return type === 'TXT' && texts.length > 0
    ? { code: 'NOERROR', records: texts.map((data) => ({ name, type: 'TXT', data })) }
    : { code: 'NOERROR', records: [], authority }
}
