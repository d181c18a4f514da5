// What one source network may do at the feedback door. A network is a /24 of IPv4 or a /64 of IPv6: below that, addresses cost nothing.
import { LRUCache } from 'lru-cache'
import { TokenBucket } from '../../kit/token-bucket.ts'
import { connectionsPerNetworkMax, humanMailsPerNetwork, mailsPerNetwork, mistakesPerNetwork, networksMax } from './limits.ts'

/** Counts by network. */
export interface NetworkLimits {
  /** Notes a connection; false when there are too many of its network. `left` undoes one that was admitted. */
  entered(ip: string): boolean
  left(ip: string): void
  /** Whether another mail may come. */
  mayMail(ip: string, now: number): boolean
  /** Whether another mail for a person may come. */
  mayWrite(ip: string, now: number): boolean
  /** Notes an address that does not exist; false when there were too many. */
  mayMistake(ip: string, now: number): boolean
}

interface Counts {
  readonly mails: TokenBucket
  readonly letters: TokenBucket
  readonly mistakes: TokenBucket
}

/** Nothing is remembered at first. */
export function createNetworkLimits(): NetworkLimits {
  // Open connections are bounded by the door; a full cache must not forget them.
  const open = new Map<string, number>()
  const counts = new LRUCache<string, Counts>({ max: networksMax })
  const countsOf = (ip: string): Counts => {
    const network = networkOf(ip)
    let found = counts.get(network)
    if (!found) {
      found = { mails: new TokenBucket(), letters: new TokenBucket(), mistakes: new TokenBucket() }
      counts.set(network, found)
    }
    return found
  }
  return {
    entered(ip) {
      const network = networkOf(ip)
      const others = open.get(network) ?? 0
      if (others >= connectionsPerNetworkMax) return false
      open.set(network, others + 1)
      return true
    },
    left(ip) {
      const network = networkOf(ip)
      const others = (open.get(network) ?? 1) - 1
      if (others > 0) open.set(network, others)
      else open.delete(network)
    },
    mayMail: (ip, now) => countsOf(ip).mails.take(1, mailsPerNetwork, now),
    mayWrite: (ip, now) => countsOf(ip).letters.take(1, humanMailsPerNetwork, now),
    mayMistake: (ip, now) => countsOf(ip).mistakes.take(1, mistakesPerNetwork, now),
  }
}

/** `192.0.2` or the first four groups of an IPv6 address; IPv4 in IPv6 form counts as IPv4. */
export function networkOf(ip: string): string {
  const plain = ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '')
  if (!plain.includes(':')) return plain.split('.').slice(0, 3).join('.')
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return [...left, ...Array.from({ length: zeros }, () => '0'), ...right].slice(0, 4).join(':')
}
