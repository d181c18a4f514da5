// Where mail waits and why, asked of the running road: the same judgements that move it, only read. It starts nothing and changes nothing,
// except that an unknown destination is looked up.
import type { Clock } from '../kit/clock.ts'
import type { QueueEntry } from '../model/message.ts'
import type { ExplainShapingAnswer } from '../model/own-wire.ts'
import { chooseEgress, type Egress } from './choose-egress.ts'
import { explainEntry, type QueueExplanation, type QueuePlace } from './explain.ts'
import type { Gate } from './gate.ts'
import type { Destination } from './resolve-destination.ts'
import type { RouteTable } from './route.ts'
import { shapingPlace } from './shaping-place.ts'
import { explainLane } from './shaping/explain-shaping.ts'
import type { ShapingTable } from './shaping/rules.ts'
import type { Shaper } from './shaping/shaper.ts'
import type { SiteTable } from './site-table.ts'
import { messageDemand } from './transport/demand.ts'
import type { WarmUp } from './warmup/warm-up.ts'

/** Answers about waiting mail. */
export interface RoadExplanations {
  /** Why an entry is where it is, for the queue listing. */
  explain(entry: QueueEntry, leased: boolean): Promise<QueueExplanation>
  /** What shaping does with a domain's mail from one of our addresses. */
  explainShaping(domain: string, address: string | undefined): Promise<ExplainShapingAnswer>
}

/** @param egress addresses of mail whose pool names none; @param table the shaping rules that count now. */
export function createExplanations({
  clock,
  gate,
  isCrowded,
  routes,
  sites,
  shaper,
  table,
  warmUp,
  egress,
}: {
  clock: Clock
  gate: Gate
  isCrowded: (entry: QueueEntry) => boolean
  routes: RouteTable
  sites: Pick<SiteTable, 'suspensionOf'>
  shaper: Shaper
  table: () => ShapingTable
  warmUp: Pick<WarmUp, 'reason'>
  egress: readonly Egress[]
}): RoadExplanations {
  const leavesBy = (of: QueueEntry) => chooseEgress(of, gate.known(of)?.egress ?? egress)
  const placeOf = (of: QueueEntry) => shapingPlace(routes.last(of.domain), leavesBy(of)?.address)
  const laneOf = (of: QueueEntry) => {
    const place = placeOf(of)
    return place && shaper.lane(place)
  }
  const whereIs = (of: QueueEntry): QueuePlace => {
    const destination = routes.last(of.domain)
    return {
      poolName: gate.known(of)?.poolName,
      address: leavesBy(of)?.address,
      provider: placeOf(of)?.provider,
      hosts: destination?.kind === 'hosts' ? [...new Set(destination.hosts.map(({ name }) => name))] : [],
    }
  }
  return {
    async explain(entry, leased) {
      const explanation = await explainEntry(entry, leased, {
        now: clock.now(),
        gate,
        crowded: isCrowded,
        provider: (of) => shapingPlace(routes.last(of.domain), undefined)?.provider,
        shaping(of) {
          const lane = laneOf(of)
          return lane?.hold(clock.now()) ?? lane?.tenantHold(of.tenantName, clock.now())
        },
        rate: (of) => laneOf(of)?.rate(clock.now()),
        warming(of) {
          const { warming } = gate.known(of) ?? {}
          return warming && warmUp.reason(warming, routes.last(of.domain))
        },
        suspension(of) {
          const destination = routes.last(of.domain)
          const demand = destination?.kind === 'hosts' ? messageDemand(destination.security, gate.known(of)?.tlsRequired ?? false) : undefined
          return sites.suspensionOf(destination, leavesBy(of), demand)
        },
      })
      return { ...explanation, place: whereIs(entry) }
    },
    async explainShaping(domain, address) {
      const destination = routes.known(domain) ?? (await new Promise<Destination>((found) => routes.find(domain, found)))
      const place = { Domain: domain, MailExchangers: [], Provider: null, Address: address ?? null }
      if (destination.kind !== 'hosts') return { ...place, ...unshaped, Problem: destination.reply }
      const shaped = shapingPlace(destination, address)
      if (!shaped) return { ...place, ...unshaped, Problem: "A static route leads there that is not a provider's own: nothing is shaped." }
      const known = { ...place, MailExchangers: [...shaped.hosts], Provider: shaped.provider ?? null }
      return { ...known, Problem: null, ...explainLane(shaper.lane(shaped), table(), shaped.provider, clock.now()) }
    },
  }
}

const unshaped = { Values: [], Reactions: [], Now: { Connections: 0, ConnectionsMax: null, Hold: null, Tenants: [] } }
