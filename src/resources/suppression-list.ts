// Suppression lists: one of the account and one of each tenant, invisible to each other (ses.md §7). An entry is found by address when a
// message is accepted, and by time when somebody lists. The rows of the order by time change only together with a checked write of the
// entry, so that two writers at once never leave a row behind.
// Leaves to whom: which list counts for a message is suppression-rule.ts.
import { parseAddress, isFault } from '../mail/addresses.ts'
import { type Change, collection, compositeKey, type Store, type Stored } from '../storage/store.ts'
import { listPage, type Page } from './list-page.ts'
import type { SuppressionReason, TenantRecord } from './tenants.ts'

/** One entry of a list. */
export interface SuppressedAddress {
  /** Local part as it was given, domain in lower case. */
  readonly address: string
  readonly reason: SuppressionReason
  /** Milliseconds since the epoch. */
  readonly updatedAt: number
  /** The message whose bounce or complaint made the entry; undefined for one that was put by hand. */
  readonly messageId: string | undefined
  readonly feedbackId: string | undefined
}

/** Which list: the account's, or that of a tenant by its id, so that a tenant made anew under an old name begins with an empty one. */
export type SuppressionListId = 'account' | TenantRecord['id']

/** Entries; key is `compositeKey(list, address)`. */
export const suppressedAddresses = collection<SuppressedAddress>('suppressed-address')

/** The same entries in order of time, oldest first, once with any reason and once with their own; key is `compositeKey(list, reason or *, time, address)`. */
export const suppressedByTime = collection<SuppressedAddress>('suppressed-by-time')

/** Lists that ever held an entry, by list: while one is not here, no address needs to be looked up in it. Written with every entry. */
export const usedSuppressionLists = collection<Record<string, never>>('suppression-list-in-use')

/**
 * An address as lists spell it: spaces around it and the case of the domain do not count, the local part does (ses.md §7.2).
 * Text that is no address is answered as it came, so that it is simply not found.
 */
export function suppressionAddress(text: string): { address: string; isAddress: boolean } {
  const trimmed = text.trim()
  const parsed = parseAddress(trimmed)
  return isFault(parsed) ? { address: trimmed, isAddress: false } : { address: parsed.address, isAddress: true }
}

/** Where an entry is kept. @param address spelled by `suppressionAddress`, or an envelope recipient. */
export function suppressionKey(list: SuppressionListId, address: string): string {
  return compositeKey(list, address)
}

/** Puts an entry in place of `before`, or where none was; conflicts when another commit came between. */
export function listAddress(list: SuppressionListId, entry: SuppressedAddress, before: Stored<SuppressedAddress> | undefined): Change[] {
  return [
    { type: 'put', collection: suppressedAddresses, key: suppressionKey(list, entry.address), value: entry, expect: before?.version ?? 'absent' },
    ...(before ? [] : [{ type: 'put', collection: usedSuppressionLists, key: list, value: {} } as const]),
    ...(before ? rowsByTime(list, before.value).map((key): Change => ({ type: 'remove', collection: suppressedByTime, key })) : []),
    ...rowsByTime(list, entry).map((key): Change => ({ type: 'put', collection: suppressedByTime, key, value: entry })),
  ]
}

/** Takes an entry out; conflicts when another commit came between. */
export function unlistAddress(list: SuppressionListId, stored: Stored<SuppressedAddress>): Change[] {
  return [
    { type: 'remove', collection: suppressedAddresses, key: stored.key, expect: stored.version },
    ...rowsByTime(list, stored.value).map((key): Change => ({ type: 'remove', collection: suppressedByTime, key })),
  ]
}

/** What of a list to show; times are inclusive. */
export interface SuppressionSelection {
  readonly reason: SuppressionReason | undefined
  readonly from: number | undefined
  readonly until: number | undefined
}

/** One page of a list, oldest first. Its cost depends on the page alone, whatever is selected. */
export async function listSuppressed(
  store: Pick<Store, 'list'>,
  list: SuppressionListId,
  { reason, from, until }: SuppressionSelection,
  page: { after: string | undefined; limit: number },
): Promise<Page<SuppressedAddress>> {
  const prefix = compositeKey(list, reason ?? anyReason, '')
  const after = page.after ?? (from === undefined ? undefined : prefix + timeKey(from))
  const { records, next } = await listPage(store, suppressedByTime, { prefix, after, limit: page.limit })
  if (until === undefined) return { records, next }
  const early = records.filter(({ value }) => value.updatedAt <= until)
  return { records: early, next: early.length < records.length ? undefined : next }
}

/** The first entries of a list, for removing it piece by piece. */
export function firstSuppressed(store: Pick<Store, 'list'>, list: SuppressionListId, limit: number): Promise<Stored<SuppressedAddress>[]> {
  return store.list(suppressedAddresses, { prefix: compositeKey(list, ''), limit })
}

const anyReason = '*'

function rowsByTime(list: SuppressionListId, { address, reason, updatedAt }: SuppressedAddress): string[] {
  return [anyReason, reason].map((under) => compositeKey(list, under, timeKey(updatedAt), address))
}

function timeKey(ms: number): string {
  return String(Math.max(0, Math.ceil(ms))).padStart(15, '0')
}
