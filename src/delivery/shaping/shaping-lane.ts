// What we hold back for one destination seen from one of our addresses: a provider with all its sites, or a site where nobody knows a provider.
// Replies teach it: a pause for all, one connection and few messages, or a pause for one tenant only when the reply spoke about that tenant's
// domain. Gmail's rule: ten minutes nothing, then one connection, one more for each clean minute.
import type { ReplyClass } from '../../mail/classify-reply.ts'
import type { ShapingMemory } from '../../resources/shaping-memory.ts'
import { ConnectionShare } from '../transport/connection-share.ts'
import { cleanStepMs, keptTenantHoldsMax, reactionWindowMs, slotAheadMsMax, tenantHoldsMax } from './limits.ts'
import type { ShapingReaction } from './rules.ts'
import type { DecidedValues } from './values.ts'

/** A reason why nothing may start. */
export interface ShapingHold {
  /** Milliseconds since the epoch. */
  readonly until: number
  /** For people: the reaction's or rule's name. */
  readonly why: string
}

/** Part of a reply's classification that reactions answer to. */
export type Said = Pick<ReplyClass, 'retry' | 'scope' | 'rule' | 'retryAfterMs'>

/** State of one lane. */
export class ShapingLane {
  #values: DecidedValues
  #reactions: readonly ShapingReaction[]
  readonly #seen = new Map<string, { at: number[] }>()
  #hold: ShapingHold = nothing
  #slow: { until: number; perMinute: number; why: string } | undefined
  /** The ten-minute rule's way back: the bound grows from one at this time on. */
  #regrowAt = 0
  readonly #tenantHolds = new Map<string, ShapingHold>()
  #tokens = Number.POSITIVE_INFINITY
  #filledAt = 0
  #nextSlot = 0
  /** What the sites of this lane share of the provider's bound. */
  readonly share = new ConnectionShare()

  constructor(values: DecidedValues, reactions: readonly ShapingReaction[]) {
    this.#values = values
    this.#reactions = reactions
  }

  /** What is worth keeping over a restart. */
  memory(now: number): ShapingMemory {
    const tenants = [...this.#tenantHolds].filter(([, { until }]) => until > now).slice(-keptTenantHoldsMax)
    return { hold: this.#hold, slow: this.#slowNow(now), regrowAt: this.#regrowAt, tenants }
  }

  /** Takes up what was kept; only for a lane that has learned nothing yet. */
  recall({ hold, slow, regrowAt, tenants }: ShapingMemory): void {
    this.#hold = hold
    this.#slow = slow
    this.#regrowAt = regrowAt
    for (const [tenantName, held] of tenants) this.#tenantHolds.set(tenantName, held)
  }

  /** Another table counts; what was learned stays. */
  renew(values: DecidedValues, reactions: readonly ShapingReaction[]): void {
    this.#values = values
    this.#reactions = reactions
  }

  get values(): DecidedValues {
    return this.#values
  }

  /** Nothing is learned that must be remembered, and nothing is open. What is over is forgotten here. */
  isIdle(now: number): boolean {
    for (const [tenantName, { until }] of this.#tenantHolds) if (until <= now) this.#tenantHolds.delete(tenantName)
    for (const [key, { at }] of this.#seen) if (now - (at.at(-1) ?? 0) >= reactionWindowMs) this.#seen.delete(key)
    this.#regrown(now, regrownEnough)
    return (
      this.share.pools.size === 0 &&
      this.#hold.until <= now &&
      !this.#slowNow(now) &&
      this.#regrowAt === 0 &&
      this.#tenantHolds.size === 0 &&
      this.#seen.size === 0
    )
  }

  /** Why nothing may be sent at all now. */
  hold(now: number): ShapingHold | undefined {
    return this.#hold.until > now ? this.#hold : undefined
  }

  /** Why nothing of this tenant may be sent now. */
  tenantHold(tenantName: string, now: number): ShapingHold | undefined {
    if (this.#tenantHolds.size === 0) return undefined
    const held = this.#tenantHolds.get(tenantName)
    if (!held) return undefined
    if (held.until > now) return held
    this.#tenantHolds.delete(tenantName)
    return undefined
  }

  /** Nothing of this tenant before `hold.until`. */
  holdTenant(tenantName: string, hold: ShapingHold): void {
    this.#tenantHolds.delete(tenantName)
    this.#tenantHolds.set(tenantName, hold)
    for (const [oldest] of this.#tenantHolds) {
      if (this.#tenantHolds.size <= tenantHoldsMax) return
      this.#tenantHolds.delete(oldest)
    }
  }

  /** The tenants of whose mail nothing may be sent now, at most so many. */
  tenantHolds(now: number, most: number): [tenantName: string, hold: ShapingHold][] {
    const shown: [string, ShapingHold][] = []
    for (const [tenantName, hold] of this.#tenantHolds) {
      if (shown.length >= most) break
      if (hold.until > now) shown.push([tenantName, hold])
    }
    return shown
  }

  /** The bound on a site's connections. */
  connectionsMax(now: number): number {
    if (this.#slowNow(now)) return 1
    return this.#regrown(now, this.#values.connections?.value ?? Number.POSITIVE_INFINITY)
  }

  /** The bound on the connections of all its sites. */
  providerConnectionsMax(now: number): number {
    if (this.#slowNow(now)) return 1
    return this.#regrown(now, this.#values.providerConnections?.value ?? Number.POSITIVE_INFINITY)
  }

  /** From when one message may go; undefined: now. */
  wait(now: number): ShapingHold | undefined {
    const perSecond = this.#perSecond(now)
    if (perSecond === Number.POSITIVE_INFINITY) {
      this.#tokens = Number.POSITIVE_INFINITY
      return undefined
    }
    const most = Math.max(1, perSecond)
    this.#tokens = Number.isFinite(this.#tokens) ? Math.min(most, this.#tokens + ((now - this.#filledAt) / 1_000) * perSecond) : 1
    this.#filledAt = now
    if (this.#tokens >= 1 - 1e-9) return undefined
    return {
      until: now + Math.max(1, Math.ceil(((1 - this.#tokens) / perSecond) * 1_000)),
      why: this.#slowNow(now)?.why ?? `${perSecond * 60} messages a minute`,
    }
  }

  /** What spreads mail over time now, for people; undefined: nothing does. */
  rate(now: number): { readonly perMinute: number; readonly why: string } | undefined {
    const perSecond = this.#perSecond(now)
    if (perSecond === Number.POSITIVE_INFINITY) return undefined
    const slow = this.#slowNow(now)
    const { messagesPerSecond, messagesPerMinute } = this.#values
    const why = [
      slow && slow.perMinute / 60 === perSecond ? slow.why : undefined,
      messagesPerMinute && messagesPerMinute.value / 60 === perSecond ? messagesPerMinute.rule : undefined,
      messagesPerSecond?.rule,
    ].find((name) => name !== undefined)
    return { perMinute: Math.round(perSecond * 60_000) / 1_000, why: why ?? '' }
  }

  /** One message goes. */
  count(): void {
    this.#tokens -= 1
  }

  /** When a message that must wait should be looked at again: one after the other, as the rate will let them go; at most ten minutes ahead. */
  slot(until: number, now: number): number {
    const perSecond = this.#perSecond(now)
    if (perSecond === Number.POSITIVE_INFINITY) return until
    const slot = Math.min(Math.max(this.#nextSlot, until), Math.max(until, now + slotAheadMsMax))
    this.#nextSlot = slot + 1_000 / perSecond
    return Math.ceil(slot)
  }

  /**
   * A far server refused a message or a session; answers what was done about it, for the log.
   * @param tenantName whose mail it was, empty for mail without a tenant; undefined: what it says is about us.
   */
  learn(said: Said, tenantName: string | undefined, now: number): { readonly reaction: ShapingReaction; readonly tenantOnly: boolean } | undefined {
    const reaction = this.#reactions.find((each) => answersTo(each, said))
    if (!reaction) return undefined
    // What speaks of one tenant's domain or content is that tenant's affair, and is counted for it alone.
    const tenant = said.scope === 'tenant-domain' || said.scope === 'content' ? tenantName : undefined
    if (!this.#isEnough(reaction, tenant, now)) return undefined
    const until = now + Math.max(reaction.minutes * 60_000, said.retryAfterMs)
    const hold = { until, why: reaction.name }
    if (tenant !== undefined) this.holdTenant(tenant, hold)
    else if (reaction.action === 'slow') this.#slow = { until, perMinute: reaction.messagesPerMinute ?? 1, why: reaction.name }
    else {
      if (until > this.#hold.until) this.#hold = hold
      if (reaction.action === 'ten-minutes') this.#regrowAt = until
    }
    return { reaction, tenantOnly: tenant !== undefined }
  }

  #isEnough(reaction: ShapingReaction, tenant: string | undefined, now: number): boolean {
    if (reaction.times <= 1) return true
    const key = tenant === undefined ? reaction.name : `${reaction.name}\0${tenant}`
    const seen = this.#seen.get(key) ?? { at: [] }
    seen.at = [...seen.at.filter((at) => now - at < reactionWindowMs), now].slice(-reaction.times)
    this.#seen.delete(key)
    this.#seen.set(key, seen)
    for (const [oldest] of this.#seen) {
      if (this.#seen.size <= tenantHoldsMax) break
      this.#seen.delete(oldest)
    }
    if (seen.at.length < reaction.times) return false
    this.#seen.delete(key)
    return true
  }

  #perSecond(now: number): number {
    const { messagesPerSecond, messagesPerMinute } = this.#values
    const slow = this.#slowNow(now)
    if (messagesPerSecond === undefined && messagesPerMinute === undefined && !slow) return Number.POSITIVE_INFINITY
    return Math.min(
      messagesPerSecond?.value ?? Number.POSITIVE_INFINITY,
      (messagesPerMinute?.value ?? Number.POSITIVE_INFINITY) / 60,
      (slow?.perMinute ?? Number.POSITIVE_INFINITY) / 60,
    )
  }

  #slowNow(now: number): { until: number; perMinute: number; why: string } | undefined {
    if (this.#slow && this.#slow.until <= now) this.#slow = undefined
    return this.#slow
  }

  #regrown(now: number, most: number): number {
    if (this.#regrowAt === 0) return most
    const bound = 1 + Math.max(0, Math.floor((now - this.#regrowAt) / cleanStepMs))
    if (bound >= Math.min(most, regrownEnough)) this.#regrowAt = 0
    return Math.min(most, bound)
  }
}

/** Nobody needs more connections than this to one provider. */
const regrownEnough = 100
const nothing: ShapingHold = { until: 0, why: '' }

function answersTo({ retry, scope, rule }: ShapingReaction, said: Said): boolean {
  return (
    (retry === undefined || retry.includes(said.retry)) &&
    (scope === undefined || scope.includes(said.scope)) &&
    (rule === undefined || rule.some((name) => (name.endsWith('*') ? said.rule.startsWith(name.slice(0, -1)) : said.rule === name)))
  )
}
