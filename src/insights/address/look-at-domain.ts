// What DNS says of mail domains: RFC 5321 §5.1 with the null MX of RFC 7505. Remembered, bounded in number and time; many questions for one
// domain ask once. A name server that does not answer is never held against an address.
import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../kit/clock.ts'
import type { Dns, DnsAnswer, Mx } from '../../kit/dns.ts'
import { domainFindingFreshMs, domainFindingsMax, domainLookMsMax, domainLooksAtOnce, exchangersLookedAtMax, unknownDomainFreshMs } from '../limits.ts'
import type { DomainFinding } from './judge-address.ts'

/** Finds what is known of a domain (lower-case A-labels). Never rejects. */
export type LookAtDomain = (domain: string) => Promise<DomainFinding>

/** @param routed domains with a static route of our own: mail for them needs no DNS. */
export function createDomainLook({ dns, clock, routed }: { dns: Dns; clock: Clock; routed: ReadonlySet<string> }): LookAtDomain {
  const remembered = new LRUCache<string, { finding: DomainFinding; until: number }>({ max: domainFindingsMax })
  const asked = new Map<string, Promise<DomainFinding>>()
  const line: (() => void)[] = []
  let running = 0

  async function look(domain: string): Promise<DomainFinding> {
    // Whoever ends gives his place to the next in line.
    if (running >= domainLooksAtOnce) await new Promise<void>((resolve) => line.push(resolve))
    else running++
    const finding = await withinTime(clock, ask(dns, domain))
    const next = line.shift()
    if (next) next()
    else running--
    asked.delete(domain)
    remembered.set(domain, { finding, until: clock.now() + (finding === 'unknown' ? unknownDomainFreshMs : domainFindingFreshMs) })
    return finding
  }

  return async (domain) => {
    if (routed.has(domain)) return 'exchanger'
    const known = remembered.get(domain)
    if (known && known.until > clock.now()) return known.finding
    const answer = asked.get(domain) ?? look(domain)
    asked.set(domain, answer)
    return answer
  }
}

async function ask(dns: Dns, domain: string): Promise<DomainFinding> {
  const answer = await dns.mx(domain)
  switch (answer.kind) {
    case 'failed':
      return 'unknown'
    case 'absent': {
      const addresses = answer.nameExists ? await findAddress(dns, domain) : 'absent'
      return addresses === 'found' ? 'address-only' : addresses
    }
    case 'records':
      return askExchangers(dns, answer.records)
  }
}

async function askExchangers(dns: Dns, records: readonly Mx[]): Promise<DomainFinding> {
  const names = [...records].sort((a, b) => a.preference - b.preference).map(({ exchange }) => exchange.replace(/\.$/, ''))
  if (names.length === 1 && names[0] === '') return 'null-mx'
  const usable = names.filter((name) => name !== '' && isIP(name) === 0)
  const found = await Promise.all(usable.slice(0, exchangersLookedAtMax).map((name) => findAddress(dns, name)))
  if (found.includes('found')) return 'exchanger'
  // Nobody looked at the rest.
  return found.includes('unknown') || usable.length > exchangersLookedAtMax ? 'unknown' : 'absent'
}

async function findAddress(dns: Dns, host: string): Promise<'found' | 'absent' | 'unknown'> {
  const answers: DnsAnswer<string>[] = await Promise.all([dns.ipv4(host), dns.ipv6(host)])
  if (answers.some(({ kind }) => kind === 'records')) return 'found'
  return answers.some(({ kind }) => kind === 'failed') ? 'unknown' : 'absent'
}

function withinTime(clock: Clock, finding: Promise<DomainFinding>): Promise<DomainFinding> {
  return new Promise((resolve) => {
    const timer = clock.after(domainLookMsMax, () => resolve('unknown'))
    void finding
      .catch((): DomainFinding => 'unknown')
      .then((found) => {
        timer.cancel()
        resolve(found)
      })
  })
}
