// Where our own addresses (and names) stand on block lists, and since when. A listing opens when two looks in a row see it and closes when it
// stays away, so that one odd answer tells nobody anything; a list that cannot be read changes nothing. Source: deliverability.md §6.
// Leaves to whom: asking is verification/block-lists; what a listing means for a tenant is the reputation road's.
import { collection, type Store } from '../storage/store.ts'
import { closedListingsKept, delistedAfterMs, listingSightingsMin } from './limits.ts'

/** What one look found on one list. */
export interface SeenListing {
  /** For people and the wire: `Spamhaus SBL`, or the zone's name. */
  readonly list: string
  /** What the list means, and what its keeper says. */
  readonly description: string
  /** HIGH: mail is refused for it, and somebody's sending is why. LOW: a matter of policy or configuration, nobody's sending. */
  readonly impact: 'HIGH' | 'LOW'
}

/** One listing with its history; times in milliseconds since the epoch. */
export interface BlockListing extends SeenListing {
  /** The zone that was asked, without a key in its name. */
  readonly zone: string
  readonly firstSeenAt: number
  readonly lastSeenAt: number
  /** Looks in a row that saw it, up to the one that opened it. */
  readonly sightings: number
  /** Undefined: not confirmed yet. */
  readonly openedAt: number | undefined
  /** Since when looks do not see it. */
  readonly cleanSince: number | undefined
  /** Undefined: it still stands. */
  readonly closedAt: number | undefined
}

/** All that is known of one address or name. */
export interface BlockListRecord {
  readonly subject: string
  readonly lookedAt: number
  readonly listings: readonly BlockListing[]
}

/** By address or name, as BULKHEAD_EGRESS spells it. */
export const blockListRecords = collection<BlockListRecord>('block-list-record')

/** What a look at one zone says; `unknown`: the list could not be read. */
export interface ZoneLook {
  readonly zone: string
  readonly seen: readonly SeenListing[] | 'unknown'
}

/** A record after a look, and what became of listings by it. */
export interface Applied {
  readonly record: BlockListRecord
  readonly opened: readonly BlockListing[]
  readonly closed: readonly BlockListing[]
}

/** Open listings of a record, oldest first: those that are confirmed and still stand. */
export function openListings(record: BlockListRecord | undefined): readonly BlockListing[] {
  return (record?.listings ?? []).filter(({ openedAt, closedAt }) => openedAt !== undefined && closedAt === undefined)
}

/**
 * Open listings of one of our addresses. For whoever judges the sending of an address: `impact` HIGH weighs, `openedAt` says since when it is
 * sure, `firstSeenAt` since when it stands.
 */
export async function readOpenListings(store: Pick<Store, 'get'>, subject: string): Promise<readonly BlockListing[]> {
  return openListings((await store.get(blockListRecords, subject))?.value)
}

/** Whether another look should come soon: something was seen that is not confirmed. */
export function isUnconfirmed({ listings }: BlockListRecord): boolean {
  return listings.some(({ openedAt, closedAt }) => openedAt === undefined && closedAt === undefined)
}

/** The record after a look at some zones. Pure. */
export function applyLooks(before: BlockListRecord | undefined, subject: string, looks: readonly ZoneLook[], now: number): Applied {
  const listings = before?.listings ?? []
  const [opened, closed]: [BlockListing[], BlockListing[]] = [[], []]
  const kept = listings.flatMap((listing) => {
    const look = looks.find(({ zone }) => zone === listing.zone)
    if (!look || look.seen === 'unknown' || listing.closedAt !== undefined) return [listing]
    const seen = look.seen.find(({ list }) => list === listing.list)
    const next = seen ? seeAgain(listing, now) : miss(listing, now)
    if (next?.openedAt !== undefined && listing.openedAt === undefined) opened.push(next)
    if (next?.closedAt !== undefined) closed.push(next)
    return next ? [next] : []
  })
  const standing = new Set(kept.filter(({ closedAt }) => closedAt === undefined).map(({ zone, list }) => `${zone} ${list}`))
  const fresh = looks.flatMap(({ zone, seen }) =>
    (seen === 'unknown' ? [] : seen)
      .filter(({ list }) => !standing.has(`${zone} ${list}`))
      .map(({ list, description, impact }): BlockListing => {
        const times = { firstSeenAt: now, lastSeenAt: now, sightings: 1, openedAt: undefined, cleanSince: undefined, closedAt: undefined }
        return { zone, list, description, impact, ...times }
      }),
  )
  const all = [...kept, ...fresh]
  const past = all.filter(({ closedAt }) => closedAt !== undefined).slice(0, -closedListingsKept)
  return { record: { subject, lookedAt: now, listings: all.filter((listing) => !past.includes(listing)) }, opened, closed }
}

function seeAgain(listing: BlockListing, now: number): BlockListing {
  const sightings = listing.sightings + 1
  const openedAt = listing.openedAt ?? (sightings >= listingSightingsMin ? now : undefined)
  return { ...listing, sightings: openedAt === undefined ? sightings : listingSightingsMin, lastSeenAt: now, openedAt, cleanSince: undefined }
}

/** Undefined: it was never confirmed, and is forgotten. */
function miss(listing: BlockListing, now: number): BlockListing | undefined {
  if (listing.openedAt === undefined) return undefined
  const cleanSince = listing.cleanSince ?? now
  return { ...listing, cleanSince, closedAt: now - cleanSince >= delistedAfterMs ? now : undefined }
}
