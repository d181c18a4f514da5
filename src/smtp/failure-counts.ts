// How often each address failed to authenticate lately. Bounded: the address that was quiet longest is forgotten first.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'

/** Failures per address within a window. */
export interface FailureCounts {
  /** Counts one more and answers how many it makes. */
  add(ip: string): number
}

/** @param windowMs from the first failure of a series; then the count starts again. */
export function createFailureCounts(clock: Clock, windowMs: number, addressesMax: number): FailureCounts {
  const counts = new LRUCache<string, { count: number; readonly since: number }>({ max: addressesMax })
  return {
    add(ip) {
      const now = clock.now()
      const known = counts.get(ip)
      if (known && now - known.since < windowMs) return ++known.count
      counts.set(ip, { count: 1, since: now })
      return 1
    },
  }
}
