// Complaint figures that a mailbox provider tells of whole days instead of single messages: Gmail by Postmaster Tools, Microsoft by SNDS, others by
// files of the operator. A figure is one row for a source, a key of that source and a day; a second one with the same three replaces it.
// Beside it stands what it means for each tenant, so that whoever judges a tenant reads that tenant's rows only (the FEEDBACK_3P of SES).
// Source: deliverability.md §4.3. Leaves to whom: asking and attributing are the road third-party/; what a rate means for a tenant is reputation's.
import { type Change, type Collection, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import { clearShareMin, tenantFiguresReadMax } from './limits.ts'

/** What a source counts by. */
export type FigureSubject =
  | { readonly kind: 'tenant'; readonly tenantName: string; readonly tenantId: string }
  /** Of the From field. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** One of our sending addresses. */
  | { readonly kind: 'address'; readonly address: string }
  /** Something that no tenant can be told from: a tenant that is gone, for example. */
  | { readonly kind: 'other' }

/** What was counted; a share is 0 … 1. */
export interface FigureCounts {
  /** Messages that the figure speaks of. */
  readonly sent: number | undefined
  readonly complaints: number | undefined
  /** Complaints in a message, 0 … 1. */
  readonly rate: number | undefined
  /** The source only says that the rate is below this; `rate` is then 0. */
  readonly rateBelow?: number | undefined
  /** SNDS: how much of the mail its filter takes for spam (below 10 %, between, above 90 %). */
  readonly filterResult?: 'GREEN' | 'YELLOW' | 'RED' | undefined
  /** SNDS: messages to addresses that nobody gave away. */
  readonly trapHits?: number | undefined
}

/** One figure as a source tells it. */
export interface SourceFigure extends FigureCounts {
  /** `postmaster-tools`, `snds` or `import`. */
  readonly source: string
  /** What the source calls it; one row for each source, key and day. */
  readonly key: string
  /** `gmail`, `microsoft` …, see `figureProvider`. */
  readonly provider: string
  /** `2026-11-24`, in the source's own days. */
  readonly day: string
  readonly subject: FigureSubject
}

/** A tenant's part in a figure. */
export interface FigurePart {
  readonly tenantName: string
  readonly tenantId: string
  /** Of the mail that the figure speaks of, 0 … 1. */
  readonly share: number
  /** By our own count of deliveries, where the source does not tell. */
  readonly sent: number | undefined
}

/** A figure as it is kept. */
export interface ThirdPartyFigure extends SourceFigure {
  readonly recordedAt: number
  /** Largest share first. */
  readonly parts: readonly FigurePart[]
}

/** What a figure says of one tenant. `complaints` and `sent` are the tenant's part, the rate is that of the whole. */
export interface TenantFigure extends FigureCounts {
  readonly tenantName: string
  /** A tenant made anew under the name has another. */
  readonly tenantId: string
  readonly provider: string
  readonly day: string
  readonly source: string
  readonly key: string
  readonly share: number
}

/** By `figureKey`. */
export const thirdPartyFigures = collection<ThirdPartyFigure>('third-party-figure')
/** By `tenantFigureKey`; written and removed with the figure. */
export const tenantFigures = collection<TenantFigure>('third-party-figure-of-tenant')
/** Figures whose tenants or volume need our count of that day's deliveries; key is `figureKey`. */
export const pendingFigures = collection<{ readonly source: string }>('third-party-figure-pending')
/** Figures of a day; key is the day. */
export const figureDays = collection<{ readonly figures: number }>('third-party-figure-day')

/** Days first, so that old ones are a range. */
export function figureKey({ day, source, key }: Pick<SourceFigure, 'day' | 'source' | 'key'>): string {
  return compositeKey(day, source, key)
}

function tenantFigureKey(tenantName: string, { day, provider, source, key }: SourceFigure): string {
  return compositeKey(tenantName, day, provider, source, key)
}

/** The name under which figures of a provider stand together; undefined for what is no name. */
export function figureProvider(word: string): string | undefined {
  const name = word.trim().toLowerCase()
  for (const [provider, names] of Object.entries(otherNames)) if (provider === name || names.includes(name)) return provider
  return /^[a-z0-9][a-z0-9.-]{0,39}$/.test(name) ? name : undefined
}

const otherNames: Readonly<Record<string, readonly string[]>> = {
  gmail: ['google', 'googlemail', 'gmail.com'],
  microsoft: ['outlook', 'hotmail', 'live', 'msn', 'outlook.com', 'hotmail.com'],
  yahoo: ['aol', 'yahoo.com', 'aol.com'],
  icloud: ['apple', 'icloud.com'],
}

/** The changes that put a figure in the place of `before`. @param pending its parts wait for the count of its day. */
export function figureChanges(before: Stored<ThirdPartyFigure> | undefined, figure: ThirdPartyFigure, pending: boolean): Change[] {
  const key = figureKey(figure)
  const parts = new Map(figure.parts.map((part) => [tenantFigureKey(part.tenantName, figure), part]))
  return [
    { type: 'put', collection: thirdPartyFigures, key, value: figure, expect: before?.version ?? 'absent' },
    ...dropParts(before?.value, parts),
    ...[...parts].map(([partKey, part]): Change => ({ type: 'put', collection: tenantFigures, key: partKey, value: tenantFigure(figure, part) })),
    pending ? { type: 'put', collection: pendingFigures, key, value: { source: figure.source } } : { type: 'remove', collection: pendingFigures, key },
  ]
}

/** The changes that forget a figure. */
export function forgetFigureChanges(figure: ThirdPartyFigure): Change[] {
  const remove = (from: Collection<object>, key: string): Change => ({ type: 'remove', collection: from, key })
  return [remove(thirdPartyFigures, figureKey(figure)), remove(pendingFigures, figureKey(figure)), ...dropParts(figure, new Map())]
}

function dropParts(before: ThirdPartyFigure | undefined, kept: ReadonlyMap<string, unknown>): Change[] {
  if (!before) return []
  return before.parts
    .map(({ tenantName }) => tenantFigureKey(tenantName, before))
    .filter((key) => !kept.has(key))
    .map((key) => ({ type: 'remove', collection: tenantFigures, key }))
}

function tenantFigure(figure: ThirdPartyFigure, { tenantName, tenantId, share, sent: counted }: FigurePart): TenantFigure {
  const { provider, day, source, key, rate, rateBelow, filterResult, trapHits } = figure
  const sent = figure.sent === undefined ? counted : figure.sent * share
  const complaints = figure.complaints === undefined ? (rate !== undefined && sent !== undefined ? rate * sent : undefined) : figure.complaints * share
  return { tenantName, tenantId, provider, day, source, key, share, sent, complaints, rate, rateBelow, filterResult, trapHits }
}

/**
 * The figures of a tenant from a day on, oldest first.
 * @param from `2026-11-24`; figures are kept for 60 days.
 */
export async function readTenantFigures(
  store: Pick<Store, 'list'>,
  tenant: { readonly name: string; readonly id: string },
  from: string,
): Promise<TenantFigure[]> {
  const prefix = compositeKey(tenant.name, '')
  const figures: TenantFigure[] = []
  for (let after = compositeKey(tenant.name, from), read = 0; read < tenantFiguresReadMax; ) {
    const page = await store.list(tenantFigures, { prefix, after, limit: 1_000 })
    figures.push(...page.map(({ value }) => value).filter(({ tenantId }) => tenantId === tenant.id))
    const last = page.at(-1)
    if (!last || page.length < 1_000) break
    after = last.key
    read += page.length
  }
  return figures
}

/** Complaints at providers that tell no single ones. */
export interface ThirdPartyRate {
  /** Complaints in a message, 0 … 1. */
  readonly rate: number
  readonly complaints: number
  readonly sent: number
  /** Days that the figures speak of, in order. */
  readonly days: readonly string[]
}

/**
 * A tenant's third-party complaint rate at one provider, or at all of them together. Pure.
 * For each provider and day the clearest figure counts once: one of the tenant alone before one of several, then a feedback loop's before a
 * domain's, then the one with the most mail. A figure of several tenants counts only when nearly all of its mail is this tenant's: its rate
 * is the neighbours' as well, and nobody is judged by what a neighbour did.
 * @returns undefined while no figure tells both rate and volume.
 */
export function thirdPartyComplaintRate(figures: readonly TenantFigure[]): ThirdPartyRate | undefined {
  const clearest = new Map<string, TenantFigure>()
  for (const figure of figures) {
    if (figure.share < clearShareMin || !figure.sent || figure.complaints === undefined) continue
    const place = compositeKey(figure.day, figure.provider)
    const other = clearest.get(place)
    if (!other || isClearer(figure, other)) clearest.set(place, figure)
  }
  const counted = [...clearest.values()]
  const total = (of: (figure: TenantFigure) => number | undefined) => counted.reduce((sum, figure) => sum + (of(figure) ?? 0), 0)
  const [complaints, sent] = [total((figure) => figure.complaints), total((figure) => figure.sent)]
  if (sent === 0) return undefined
  return { rate: complaints / sent, complaints, sent, days: [...new Set(counted.map(({ day }) => day))].sort() }
}

function isClearer(one: TenantFigure, other: TenantFigure): boolean {
  if (one.share !== other.share) return one.share > other.share
  const [ofLoop, ofOtherLoop] = [one.key.startsWith('loop '), other.key.startsWith('loop ')]
  return ofLoop === ofOtherLoop ? (one.sent ?? 0) > (other.sent ?? 0) : ofLoop
}
