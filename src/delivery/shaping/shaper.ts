// All lanes: found by sending address and provider (or site), kept while they have something to remember, renewed when the table changes.
import type { Clock } from '../../kit/clock.ts'
import { keptTenantHoldsMax, lanesFreed, lanesMax } from './limits.ts'
import type { LaneMemory } from './memory.ts'
import type { ShapingTable } from './rules.ts'
import { ShapingLane } from './shaping-lane.ts'
import { decideValues, type ShapingPlace } from './values.ts'

/** The lanes. */
export interface Shaper {
  /** The lane; the same object while it remembers something. Hosts in the order of a site's name. */
  lane(place: ShapingPlace): ShapingLane
  /** What a provider said of a tenant's domain or content counts from all our addresses: the other lanes of the provider hold that tenant as long. */
  spread(place: ShapingPlace, tenantName: string): void
  /** The lane learned something that should outlive the process. */
  keep(place: ShapingPlace): void
  /** The table changed. */
  renew(): void
}

/** @param table gives the table that counts now. @param memory outlives the process. */
export function createShaper({ clock, table, memory }: { clock: Clock; table: () => ShapingTable; memory: LaneMemory }): Shaper {
  const lanes = new Map<string, { readonly place: ShapingPlace; readonly lane: ShapingLane }>()
  const valuesFor = (place: ShapingPlace) => decideValues(table(), place)
  const reactionsFor = ({ provider }: ShapingPlace) => table().reactions.filter((reaction) => reaction.provider === undefined || reaction.provider === provider)

  /** What remembers nothing goes, then the oldest that no site uses; some at once, so that the next new one need not look through all again. */
  function makeRoom(): void {
    const now = clock.now()
    for (const [name, { lane }] of lanes) if (lane.isIdle(now)) lanes.delete(name)
    for (const [name, { lane }] of lanes) {
      if (lanes.size <= lanesMax - lanesFreed) return
      if (lane.share.pools.size === 0) lanes.delete(name)
    }
  }

  /** The lanes of the same provider, from all addresses: asked when a lane is made and when a reply meant one tenant, both rare. */
  function siblings({ provider }: ShapingPlace) {
    return provider === undefined ? [] : [...lanes].filter(([, { place }]) => place.provider === provider)
  }

  return {
    lane(place) {
      const key = keyOf(place)
      const found = lanes.get(key)
      if (found) return found.lane
      if (lanes.size >= lanesMax) makeRoom()
      const lane = new ShapingLane(valuesFor(place), reactionsFor(place))
      const kept = memory.take(key)
      if (kept) lane.recall(kept)
      for (const [, other] of siblings(place))
        for (const [tenantName, hold] of other.lane.tenantHolds(clock.now(), keptTenantHoldsMax)) lane.holdTenant(tenantName, hold)
      lanes.set(key, { place, lane })
      return lane
    },
    spread(place, tenantName) {
      const key = keyOf(place)
      const hold = lanes.get(key)?.lane.tenantHold(tenantName, clock.now())
      if (!hold) return
      for (const [name, { lane }] of siblings(place)) {
        if (name === key) continue
        lane.holdTenant(tenantName, hold)
        memory.keep(name, lane)
      }
    },
    keep(place) {
      const found = lanes.get(keyOf(place))
      if (found) memory.keep(keyOf(place), found.lane)
    },
    renew() {
      for (const { place, lane } of lanes.values()) lane.renew(valuesFor(place), reactionsFor(place))
    },
  }
}

function keyOf({ address, provider, hosts }: ShapingPlace): string {
  return `${address ?? ''} ${provider ?? hosts.join(' ')}`
}
