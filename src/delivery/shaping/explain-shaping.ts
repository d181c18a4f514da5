// What applies to a destination, for people: values with their rules, reactions in words, and the state of the lane.
import type { ExplainShapingAnswer } from '../../model/own-wire.ts'
import { tenantsShownMax } from './limits.ts'
import type { ShapingReaction, ShapingTable } from './rules.ts'
import type { ShapingLane } from './shaping-lane.ts'

/** The shaping part of the answer. @param provider of the destination. */
export function explainLane(
  lane: ShapingLane,
  { reactions }: ShapingTable,
  provider: string | undefined,
  now: number,
): Pick<ExplainShapingAnswer, 'Values' | 'Reactions' | 'Now'> {
  const hold = lane.hold(now) ?? lane.wait(now)
  const most = Math.min(lane.connectionsMax(now), lane.providerConnectionsMax(now))
  return {
    Values: Object.entries(lane.values).map(([Name, { value, rule }]) => ({ Name, Value: value, Rule: rule })),
    Reactions: reactions
      .filter((reaction) => reaction.provider === undefined || reaction.provider === provider)
      .map((reaction) => ({ Name: reaction.name, Answers: cause(reaction), Does: effect(reaction) })),
    Now: {
      Connections: lane.share.held,
      ConnectionsMax: Number.isFinite(most) ? most : null,
      Hold: hold ? { Until: new Date(hold.until).toISOString(), Why: hold.why } : null,
      Tenants: lane.tenantHolds(now, tenantsShownMax).map(([TenantName, { until, why }]) => ({ TenantName, Until: new Date(until).toISOString(), Why: why })),
    },
  }
}

function cause({ retry, scope, rule, times }: ShapingReaction): string {
  const of = [retry && `retry class ${retry.join(' or ')}`, scope && `scope ${scope.join(' or ')}`, rule && `rule ${rule.join(' or ')}`].filter(
    (text) => text !== undefined,
  )
  return `${times === 1 ? 'a reply' : `${times} replies an hour`}${of.length === 0 ? '' : ` of ${of.join(', ')}`}`
}

function effect({ action, minutes, messagesPerMinute }: ShapingReaction): string {
  switch (action) {
    case 'suspend':
      return `nothing for ${minutes} minutes`
    case 'slow':
      return `one connection and ${messagesPerMinute} messages a minute for ${minutes} minutes`
    case 'ten-minutes':
      return `nothing for ${minutes} minutes, then one connection, one more for each clean minute`
  }
}
