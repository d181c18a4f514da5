// All sites of the service: found by destination and sending address, kept while they have mail, connections or something to remember.
import { connectionsPerRouteMax, connectionsPerSiteMax, sitesMax } from './limits.ts'
import type { Job } from './job.ts'
import type { Destination } from './resolve-destination.ts'
import type { Egress } from './choose-egress.ts'
import { Site, type SiteSettings } from './site.ts'

/** The table. */
export interface SiteTable {
  /** The site of a destination, seen from one of our addresses. */
  find(destination: Extract<Destination, { kind: 'hosts' }>, from: Egress | undefined): Site
  suspensionOf(destination: Destination | undefined, from: Egress | undefined): { until: number } | undefined
  pump(): void
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
    for (const [key, site] of sites) if (site.empty && !site.suspension) sites.delete(key)
    // All remembered for their back-off: the oldest loses its memory.
    for (const [key, site] of sites) {
      if (sites.size < sitesMax) return
      if (site.empty) sites.delete(key)
    }
  }

  const keyOf = (site: string, from: Egress | undefined) => `${from?.address ?? ''} ${site}`

  return {
    find(destination, from) {
      const key = keyOf(destination.site, from)
      let site = sites.get(key)
      if (site) {
        site.hosts = destination.hosts
        return site
      }
      makeRoom()
      const connectionsMax = destination.routed
        ? (limits.connectionsPerRouteMax ?? connectionsPerRouteMax)
        : (limits.connectionsPerSiteMax ?? connectionsPerSiteMax)
      site = new Site(key, destination.hosts, destination.routed, from, connectionsMax, settings)
      sites.set(key, site)
      return site
    },
    suspensionOf(destination, from) {
      return destination?.kind === 'hosts' ? sites.get(keyOf(destination.site, from))?.suspension : undefined
    },
    pump() {
      for (const site of sites.values()) site.pump()
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
