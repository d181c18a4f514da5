// TLSA records of mail exchangers, remembered for half a minute. Only what DNSSEC proves counts (RFC 7672 §2.2).
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kit/clock.ts'
import type { Dns, Tlsa } from '../../kit/dns.ts'
import { tlsaFreshMs, tlsaHostsMax } from './limits.ts'
import { isUsable } from './match-tlsa.ts'

/** What the TLSA records of a host mean. */
export type TlsaAnswer =
  /** `texts`: as in a zone, for reports. `base`: the name that they stand at. */
  | { readonly kind: 'usable'; readonly base: string; readonly records: readonly Tlsa[]; readonly texts: readonly string[] }
  /** There are some, and a client can use none: TLS without a judgement of the certificate. */
  | { readonly kind: 'unusable' }
  | { readonly kind: 'none' }
  /** Bogus or no answer: the host must not be used. */
  | { readonly kind: 'failed'; readonly code: string }

/** The table. */
export interface TlsaTable {
  /** Asks at each name in turn until there are records. Never rejects. */
  find(names: readonly string[], port: number): Promise<TlsaAnswer>
}

/** A table over a resolver that validates. */
export function createTlsaTable(clock: Clock, tlsa: NonNullable<Dns['tlsa']>): TlsaTable {
  const cache = new LRUCache<string, { answer: Promise<TlsaAnswer>; until: number }>({ max: tlsaHostsMax })

  function look(name: string, port: number): Promise<TlsaAnswer> {
    const key = `_${port}._tcp.${name}`
    const found = cache.get(key)
    if (found && found.until > clock.now()) return found.answer
    const answer = tlsa(key).then((answered): TlsaAnswer => {
      if (answered.kind === 'failed') {
        cache.delete(key)
        return { kind: 'failed', code: answered.code }
      }
      // Not proved: as good as not there.
      if (answered.kind === 'absent' || !answered.secure) return { kind: 'none' }
      const records = answered.records.filter(isUsable)
      if (records.length === 0) return { kind: 'unusable' }
      const texts = answered.records.map(({ usage, selector, matchingType, data }) => `${usage} ${selector} ${matchingType} ${data.toString('hex')}`)
      return { kind: 'usable', base: name, records, texts }
    })
    cache.set(key, { answer, until: clock.now() + tlsaFreshMs })
    return answer
  }

  return {
    async find(names, port) {
      for (const name of names) {
        const answer = await look(name, port)
        if (answer.kind !== 'none') return answer
      }
      return { kind: 'none' }
    },
  }
}
