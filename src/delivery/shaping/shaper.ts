// All lanes: found by sending address and provider (or site), kept while they have something to remember, renewed when the table changes.
import type { Clock } from '../../kit/clock.ts'
import { lanesMax } from './limits.ts'
import type { LaneMemory } from './memory.ts'
import type { ShapingTable } from './rules.ts'
import { ShapingLane } from './shaping-lane.ts'
import { decideValues, type ShapingPlace } from './values.ts'

/** The lanes. */
export interface Shaper {
  /** The lane; the same object while it remembers something. Hosts in the order of a site's name. */
  lane(place: ShapingPlace): ShapingLane
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

  return {
    lane(place) {
      const key = keyOf(place)
      const found = lanes.get(key)
      if (found) return found.lane
      if (lanes.size >= lanesMax) for (const [name, { lane }] of lanes) if (lane.isIdle(clock.now())) lanes.delete(name)
      const lane = new ShapingLane(valuesFor(place), reactionsFor(place))
      const kept = memory.take(key)
      if (kept) lane.recall(kept)
      lanes.set(key, { place, lane })
      return lane
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
