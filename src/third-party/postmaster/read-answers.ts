// What the Postmaster Tools API v2 answers, read from any JSON without trust: what is not in its form is left out, never guessed.
// Source: the API's discovery document (v2): Domain, QueryDomainStatsResponse, BatchQueryDomainStatsResponse; deliverability.md §4.2.
import { isDay } from '../days.ts'

/** One value of one metric on one day. */
export interface DomainStat {
  /** The name that the question gave the metric. */
  readonly metric: string
  readonly day: string
  /** Of the kinds of numbers, whichever came. */
  readonly number: number | undefined
  readonly strings: readonly string[]
}

/** A page of values. */
export interface StatsPage {
  readonly stats: readonly DomainStat[]
  readonly next: string | undefined
}

/** Names of domains that may be asked about. */
export function readDomains(answer: Record<string, unknown>): { readonly domains: readonly string[]; readonly next: string | undefined } {
  const domains = listOf(answer.domains).flatMap((one) => {
    const { name, permission, verificationState } = objectOf(one) ?? {}
    const domain = typeof name === 'string' ? /^domains\/([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)$/i.exec(name)?.[1]?.toLowerCase() : undefined
    const isOpen = permission !== 'NONE' && (verificationState === undefined || verificationState === 'VERIFIED')
    return domain !== undefined && domain.length <= 253 && isOpen ? [domain] : []
  })
  return { domains, next: textOf(answer.nextPageToken) }
}

/** One answer of `domainStats:query`. */
export function readStats(answer: Record<string, unknown>): StatsPage {
  const stats = listOf(answer.domainStats).flatMap((one) => {
    const { metric, date, value } = objectOf(one) ?? {}
    const day = readDate(date)
    if (typeof metric !== 'string' || day === undefined) return []
    const given = objectOf(value) ?? {}
    const strings = listOf(objectOf(given.stringList)?.values).filter((text): text is string => typeof text === 'string')
    return [{ metric, day, number: readNumber(given), strings: strings.concat(textOf(given.stringValue) ?? []) }]
  })
  return { stats, next: textOf(answer.nextPageToken) }
}

/** One answer of `domainStats:batchQuery`, in the order of its questions; undefined for one that failed. */
export function readBatch(answer: Record<string, unknown>): readonly (StatsPage | undefined)[] {
  return listOf(answer.results).map((one) => {
    const { response, error } = objectOf(one) ?? {}
    if (error !== undefined) return undefined
    // An empty message is left out of JSON: there was nothing to tell.
    return readStats(objectOf(response) ?? {})
  })
}

function readNumber({ doubleValue, floatValue, intValue }: Record<string, unknown>): number | undefined {
  const value = doubleValue ?? floatValue ?? (typeof intValue === 'string' && /^-?\d{1,15}$/.test(intValue) ? Number(intValue) : intValue)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function readDate(value: unknown): string | undefined {
  const { year, month, day } = objectOf(value) ?? {}
  if (![year, month, day].every((part) => Number.isInteger(part))) return undefined
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  return isDay(text) ? text : undefined
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
