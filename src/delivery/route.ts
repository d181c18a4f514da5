// Destinations by domain, remembered for a minute. The resolver hides the TTL of its answers, so one bound serves all.
// Many entries for one domain ask once; look-ups are bounded and queue in order.
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kit/clock.ts'
import { lookupsInFlightMax, routeFailureFreshMs, routeFreshMs, routesMax } from './limits.ts'
import type { Destination } from './resolve-destination.ts'

/** Finds destinations. */
export interface RouteTable {
  /** The destination when it is known and fresh; undefined otherwise. */
  known(domain: string): Destination | undefined
  /** The newest answer, however old: good enough to explain. */
  last(domain: string): Destination | undefined
  /** Looks it up and calls back; callers for one domain share the look-up. */
  find(domain: string, done: (destination: Destination) => void): void
  /** Domains being looked up or waiting for it. */
  readonly pending: number
}

/** A table over `resolve`, which must not reject. */
export function createRouteTable(clock: Clock, resolve: (domain: string) => Promise<Destination>): RouteTable {
  const cache = new LRUCache<string, { destination: Destination; until: number }>({ max: routesMax })
  const waiting = new Map<string, ((destination: Destination) => void)[]>()
  const line: string[] = []
  let running = 0

  async function look(domain: string): Promise<void> {
    running++
    let destination: Destination
    try {
      destination = await resolve(domain)
    } catch (fault) {
      destination = { kind: 'temporary', reply: `451 4.4.3 Name resolution failed (${fault instanceof Error ? fault.name : 'fault'})` }
    }
    running--
    const freshMs = destination.kind === 'temporary' ? routeFailureFreshMs : routeFreshMs
    cache.set(domain, { destination, until: clock.now() + freshMs })
    const callers = waiting.get(domain) ?? []
    waiting.delete(domain)
    const next = line.shift()
    if (next !== undefined) void look(next)
    for (const done of callers) done(destination)
  }

  return {
    known(domain) {
      const found = cache.get(domain)
      return found && found.until > clock.now() ? found.destination : undefined
    },
    last: (domain) => cache.get(domain)?.destination,
    find(domain, done) {
      const callers = waiting.get(domain)
      if (callers) {
        callers.push(done)
        return
      }
      waiting.set(domain, [done])
      if (running < lookupsInFlightMax) void look(domain)
      else line.push(domain)
    },
    get pending() {
      return waiting.size
    },
  }
}
