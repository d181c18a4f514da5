// Hosts whose TLS does not work: for some time mail that does not demand TLS goes there in clear at once.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import { brokenTlsHostsMax, brokenTlsMs } from './limits.ts'

/** Host names with addresses; the oldest are forgotten. */
export interface BrokenTls {
  has(host: string): boolean
  add(host: string): void
}

/** None is known. */
export function createBrokenTls(clock: Clock): BrokenTls {
  const until = new LRUCache<string, number>({ max: brokenTlsHostsMax })
  return {
    has: (host) => (until.get(host) ?? 0) > clock.now(),
    add: (host) => until.set(host, clock.now() + brokenTlsMs),
  }
}
