// All sites of the service: found by destination and sending address, kept while they have mail, connections or something to remember.
import { connectionsPerRouteMax, connectionsPerSiteMax, sitesMax } from './limits.ts'
import type { Job } from './job.ts'
import type { Destination } from './resolve-destination.ts'
import type { Egress } from './choose-egress.ts'
import { destinationProvider, shapingPlace } from './shaping-place.ts'
import { Site, type SiteSettings } from './site.ts'
import { ConnectionShare } from './transport/connection-share.ts'
import type { Demand } from './transport/demand.ts'

/** The table. */
export interface SiteTable {
  /** The site of a destination, seen from one of our addresses; mail with a demand has one of its own, which shares only the number of connections. */
  find(destination: Extract<Destination, { kind: 'hosts' }>, from: Egress | undefined, demand?: Demand): Site
  suspensionOf(destination: Destination | undefined, from: Egress | undefined, demand?: Demand): { until: number } | undefined
  pump(): void
  /** Limits changed. */
  unpark(): void
  sweep(now: number): void
  connections(): number
  /** Takes everything that is not at a far server. */
  stop(): Job[]
  /** Resolves when no transaction runs, or after `graceMs`. */
  quiet(graceMs: number): Promise<void>
  destroy(): void
}

/** An empty table. */
export function createSiteTable(
  settings: SiteSettings & {
    readonly limits: { readonly connectionsPerSiteMax?: number; readonly connectionsPerRouteMax?: number }
  },
): SiteTable {
  const { limits, clock } = settings
  const sites = new Map<string, Site>()

  function makeRoom(): void {
    if (sites.size < sitesMax) return
    for (const [key, share] of shares) if (share.pools.size === 0) shares.delete(key)
    for (const [key, site] of sites) if (site.empty && !site.suspension) forget(key, site)
    // All remembered for their back-off: the oldest loses its memory.
    for (const [key, site] of sites) {
      if (sites.size < sitesMax) return
      if (site.empty) forget(key, site)
    }
  }

  const keyOf = (site: string, from: Egress | undefined, demand: Demand | undefined) =>
    demand === undefined ? `${from?.address ?? ''} ${site}` : `${from?.address ?? ''} ${site} under ${demand.key}`
  const forget = (key: string, site: Site) => {
    sites.delete(key)
    site.leave()
  }
  const shares = new Map<string, ConnectionShare>()
  const shareOf = (key: string) => {
    let share = shares.get(key)
    if (!share) {
      share = new ConnectionShare()
      shares.set(key, share)
    }
    return share
  }

  return {
    find(destination, from, demand) {
      const key = keyOf(destination.site, from, demand)
      let site = sites.get(key)
      if (site) {
        site.hosts = destination.hosts
        return site
      }
      makeRoom()
      const share = shareOf(keyOf(destination.site, from, undefined))
      const place = settings.shaper && shapingPlace(destination, from?.address)
      const lane = place && settings.shaper?.lane(place)
      const usual = lane?.values.connections ? Number.POSITIVE_INFINITY : connectionsPerSiteMax
      const connectionsMax = destination.routed ? (limits.connectionsPerRouteMax ?? connectionsPerRouteMax) : (limits.connectionsPerSiteMax ?? usual)
      site = new Site(key, destination.hosts, destination.routed, from, connectionsMax, settings, {
        provider: destinationProvider(destination),
        demand,
        share,
        lane,
        place,
      })
      sites.set(key, site)
      return site
    },
    suspensionOf(destination, from, demand) {
      return destination?.kind === 'hosts' ? sites.get(keyOf(destination.site, from, demand))?.suspension : undefined
    },
    pump() {
      for (const site of sites.values()) site.pump()
    },
    unpark() {
      for (const site of sites.values()) site.unpark()
    },
    sweep(now) {
      for (const site of sites.values()) site.sweep(now)
    },
    connections() {
      let count = 0
      for (const site of sites.values()) count += site.connections
      return count
    },
    stop() {
      return [...sites.values()].flatMap((site) => site.stop())
    },
    quiet(graceMs) {
      const endAt = clock.now() + graceMs
      return new Promise((resolve) => {
        const look = () => {
          let running = 0
          for (const site of sites.values()) running += site.transacting
          if (running === 0 || clock.now() >= endAt) resolve()
          else clock.after(20, look)
        }
        look()
      })
    },
    destroy() {
      for (const site of sites.values()) site.destroy()
    },
  }
}
