// What a tenant may take of what all share. SES has no such object (ses.md §12): these are our own, in a record beside the tenant's.
// Excess waits in the queue; nothing is refused and nothing fails because of a limit.
import { refuse, type Refusal } from '../model/refusal.ts'
import { collection } from '../storage/store.ts'

/** Limits on messages that start on the wire; an absent one does not limit. */
export interface Limits {
  /** Messages a second, in the long run; fractions are fine (0.1 is six a minute). */
  readonly ratePerSecond?: number | undefined
  /** Messages that may go at once after a rest; the rate when absent. */
  readonly burst?: number | undefined
  /** In any 60 minutes, counted in steps of five. */
  readonly perHour?: number | undefined
  /** In any 24 hours, counted in steps of 30 minutes. */
  readonly perDay?: number | undefined
}

/** The limits of one tenant. */
export interface TenantLimits extends Limits {
  /** Part of what several tenants compete for: 1 … 100, 10 when absent. Twice the weight is twice the turns. */
  readonly weight?: number | undefined
  /** The most of one address's connections to one site that this tenant may hold, percent. */
  readonly ipSharePercent?: number | undefined
  /** By provider name, for mail to it alone. */
  readonly providers?: Readonly<Record<string, Limits>> | undefined
}

/** Limits by tenant name; the record goes when the tenant does. */
export const tenantLimits = collection<TenantLimits>('tenant-limits')

interface Counts {
  /** Newest bucket first; `newest` is its start divided by its length. */
  readonly newest: number
  readonly counts: readonly number[]
}

/** What limits counted, kept so that a restart does not give a second day. */
export interface TenantUsage {
  readonly all: { readonly hour: Counts; readonly day: Counts }
  readonly providers: Readonly<Record<string, { readonly hour: Counts; readonly day: Counts }>>
  /** Messages that may have started since, unseen: after a kill they count as sent. Absent: none. */
  readonly promised?: number | undefined
}

/** Usage by tenant name, written every few seconds and before promises run out, for tenants that send under limits. */
export const tenantUsage = collection<TenantUsage>('tenant-usage')

/** How hours and days are counted. One bucket more than the time has, so that no 60 minutes and no 24 hours hold more than the limit. */
export const usageBuckets = { hour: { bucketMs: 300_000, count: 13 }, day: { bucketMs: 1_800_000, count: 49 } } as const

const bounds = {
  ratePerSecond: { min: 0.001, max: 100_000, whole: false },
  burst: { min: 1, max: 1_000_000, whole: true },
  perHour: { min: 1, max: 1_000_000_000, whole: true },
  perDay: { min: 1, max: 10_000_000_000, whole: true },
  weight: { min: 1, max: 100, whole: true },
  ipSharePercent: { min: 1, max: 100, whole: true },
} as const

const providerLimits: readonly string[] = ['ratePerSecond', 'burst', 'perHour', 'perDay']

/** Providers that one tenant may have limits for: a gauge each. */
const providersMax = 50

/**
 * The limits after a change. `given` holds what changes, by limit name in PascalCase, as text; `-1` takes a limit away.
 * @param provider as `providerNamed` gives it, changes the limits for mail to it; undefined: those for all mail of the tenant.
 */
export function changeLimits(present: TenantLimits, provider: string | undefined, given: ReadonlyMap<string, string>): TenantLimits | Refusal {
  const names = (Object.keys(bounds) as (keyof typeof bounds)[]).filter((name) => provider === undefined || providerLimits.includes(name))
  const { providers = {}, ...own } = present
  const group: Record<string, number | undefined> = { ...(provider === undefined ? own : providers[provider]) }
  for (const [member, text] of given) {
    const name = names.find((candidate) => wireName(candidate) === member)
    if (name === undefined) return invalid(`${member.slice(0, 64)} is not a limit here. There are ${names.map(wireName).join(', ')}.`)
    if (text === '-1') {
      delete group[name]
      continue
    }
    const { min, max, whole } = bounds[name]
    const value = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max) || (whole && !Number.isInteger(value)))
      return invalid(`${member} must be a ${whole ? 'whole ' : ''}number between ${min} and ${max}, or -1 to take it away.`)
    group[name] = value
  }
  // Without a rate a burst says nothing: it goes with it.
  if (given.get('RatePerSecond') === '-1' && !given.has('Burst')) delete group.burst
  // Judged with what was there; a change of another limit does not stumble over it.
  if (group.burst !== undefined && group.ratePerSecond === undefined && (given.has('Burst') || given.has('RatePerSecond')))
    return invalid('Burst needs RatePerSecond: it is how many may go at once after a rest under a rate.')
  if (provider === undefined) return { ...group, ...(Object.keys(providers).length > 0 ? { providers } : {}) }
  const { [provider]: _, ...others } = providers
  const left = Object.keys(group).length > 0 ? { ...others, [provider]: group } : others
  if (Object.keys(left).length > providersMax) return invalid(`A tenant can have limits for up to ${providersMax} providers.`)
  return { ...own, ...(Object.keys(left).length > 0 ? { providers: left } : {}) }
}

/** The limits without those of one provider, or none at all. */
export function clearLimits({ providers = {}, ...own }: TenantLimits, provider: string | undefined): TenantLimits {
  if (provider === undefined) return {}
  const { [provider]: _, ...others } = providers
  return { ...own, ...(Object.keys(others).length > 0 ? { providers: others } : {}) }
}

/** The limits of a group that are set, in PascalCase. */
export function limitsOnWire(limits: TenantLimits | Limits): Record<string, number> {
  const shown: Record<string, number> = {}
  for (const name of Object.keys(bounds) as (keyof typeof bounds)[]) {
    const value = (limits as TenantLimits)[name]
    if (value !== undefined) shown[wireName(name)] = value
  }
  return shown
}

/** Messages of the newest buckets that a count holds. */
export function usedIn(counts: TenantUsage['all'], now: number): { hour: number; day: number } {
  const sum = (name: 'hour' | 'day') => {
    const { bucketMs, count } = usageBuckets[name]
    const gone = Math.floor(now / bucketMs) - counts[name].newest
    return counts[name].counts.slice(0, Math.max(0, count - gone)).reduce((total, each) => total + each, 0)
  }
  return { hour: sum('hour'), day: sum('day') }
}

function wireName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

function invalid(text: string): Refusal {
  return refuse('InvalidRequest', { text })
}
