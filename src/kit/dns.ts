// DNS look-ups with the four answers that matter: found, no such name, no such record, no answer.
// Everything about mail and verification asks through this, so that BULKHEAD_RESOLVER rules them all.
import { Resolver } from 'node:dns/promises'

/** `records`: the answer; `absent`: the name or type does not exist (authoritative); `failed`: SERVFAIL, time-out: try later. */
export type DnsAnswer<T> =
  | {
      readonly kind: 'records'
      readonly records: readonly T[]
      /** DNSSEC proves it, says a resolver that we believe (validating-dns.ts); left out: nobody looked. */
      readonly secure?: boolean
      /** The name that has the records, when the asked one is an alias (validating-dns.ts only). */
      readonly canonical?: string
    }
  | { readonly kind: 'absent'; readonly nameExists: boolean; readonly secure?: boolean }
  | { readonly kind: 'failed'; readonly code: string }

/** One MX record; `exchange` is empty for a null MX (RFC 7505). */
export interface Mx {
  readonly exchange: string
  readonly preference: number
}

/** One TLSA record (RFC 6698 §2.1). */
export interface Tlsa {
  readonly usage: number
  readonly selector: number
  readonly matchingType: number
  readonly data: Buffer
}

/** The start of authority of a zone (RFC 1035 §3.3.13), as far as it tells who runs it. */
export interface Soa {
  readonly primary: string
  /** The mailbox in the form of the record: the first dot stands for the `@`. */
  readonly mailbox: string
  readonly serial: number
}

/** Look-ups; names without a trailing dot. Never rejects. */
export interface Dns {
  mx(domain: string): Promise<DnsAnswer<Mx>>
  ipv4(host: string): Promise<DnsAnswer<string>>
  ipv6(host: string): Promise<DnsAnswer<string>>
  /** Each record with its strings joined; follows CNAME. */
  txt(name: string): Promise<DnsAnswer<string>>
  cname(name: string): Promise<DnsAnswer<string>>
  /** Only at the top of a zone there is one. */
  soa?(name: string): Promise<DnsAnswer<Soa>>
  /** Only where answers say whether they are secure. */
  tlsa?(name: string): Promise<DnsAnswer<Tlsa>>
}

/**
 * Asks the given servers (`host:port`, port 53 when left out), or the system's when the list is empty.
 * The resolver follows CNAME; one question takes at most 2 tries of 5 s for each server.
 */
export function openDns(servers: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: 5_000, tries: 2 })
  if (servers.length > 0) resolver.setServers([...servers])
  return {
    mx: (domain) =>
      ask(async () => (await resolver.resolveMx(domain)).map(({ exchange, priority }) => ({ exchange: exchange.toLowerCase(), preference: priority }))),
    ipv4: (host) => ask(() => resolver.resolve4(host)),
    ipv6: (host) => ask(() => resolver.resolve6(host)),
    txt: (name) => ask(async () => (await resolver.resolveTxt(name)).map((strings) => strings.join(''))),
    soa: (name) =>
      ask(async () => {
        const { nsname, hostmaster, serial } = await resolver.resolveSoa(name)
        return [{ primary: nsname, mailbox: hostmaster, serial }]
      }),
    cname: (name) => ask(async () => (await resolver.resolveCname(name)).map((target) => target.toLowerCase())),
  }
}

async function ask<T>(question: () => Promise<T[]>): Promise<DnsAnswer<T>> {
  try {
    const records = await question()
    return records.length > 0 ? { kind: 'records', records } : { kind: 'absent', nameExists: true }
  } catch (fault) {
    const code = (fault as NodeJS.ErrnoException).code ?? 'EFAULT'
    if (code === 'ENOTFOUND') return { kind: 'absent', nameExists: false }
    // EBADNAME: no server was asked; such a name cannot exist.
    if (code === 'EBADNAME') return { kind: 'absent', nameExists: false }
    if (code === 'ENODATA') return { kind: 'absent', nameExists: true }
    return { kind: 'failed', code }
  }
}
