// Mail of one lane for destinations that take it more slowly than it comes: a few entries of each are in memory, the rest stays in the store and is left
// out of the lane's claims, so that its other mail goes on. A destination is a site of ours; the store knows it by the domains that were met.
// Bounded in destinations and domains; a restart forgets it, and the sites find out anew.
// Leaves to whom: when there is too much is the site's affair, when to claim windows.ts's.
import type { QueueEntry } from '../model/message.ts'
import type { ClaimAmong, Lane, QueuePlace, Store } from '../storage/store.ts'
import { crowdDomainsMax, crowdLapMs, crowdsPerLaneMax } from './limits.ts'

/** Where an entry stands in its lane. */
export type Placed = Pick<QueueEntry, 'dueAt' | 'id' | 'domain'>

interface Crowd {
  readonly domains: Set<string>
  /** Entries of it that may be in memory. */
  readonly held: number
  /** Entries that its site has room for. */
  wanted: number
  /** Where the look for more of it goes on. */
  after: QueuePlace | undefined
  /** Something was found since the look began at the start. */
  found: boolean
}

/** What one claim brought. */
export interface CrowdClaim {
  readonly entries: QueueEntry[]
  /** There may be more to claim at once. */
  readonly more: boolean
}

/** The crowds of one lane. */
export class Crowds {
  readonly #lane: Lane
  readonly #crowds = new Map<string, Crowd>()
  #domains = 0
  /** Where the look for the lane's other mail goes on, and when it starts over. */
  #after: QueuePlace | undefined
  #lapUntil = 0
  /** Claims for slow destinations and for the rest take turns. */
  #isOthersTurn = false

  constructor(lane: Lane) {
    this.#lane = lane
  }

  get isEmpty(): boolean {
    return this.#crowds.size === 0
  }

  /** Entries that may be in memory beside the lane's window. */
  get held(): number {
    let held = 0
    for (const crowd of this.#crowds.values()) held += crowd.held
    return held
  }

  /** A site has room for mail that waits in the store. */
  get isWanted(): boolean {
    for (const { wanted } of this.#crowds.values()) if (wanted > 0) return true
    return false
  }

  has(site: string): boolean {
    return this.#crowds.has(site)
  }

  /** Whether mail for the domain is left in the store for now. */
  holdsBack(domain: string): boolean {
    for (const { domains } of this.#crowds.values()) if (domains.has(domain)) return true
    return false
  }

  /** `entry` goes back to the store. False: too many destinations or domains, and nothing is noted. */
  add(site: string, held: number, entry: Placed): boolean {
    const known = this.#crowds.get(site)
    if (!known && this.#crowds.size >= crowdsPerLaneMax) return false
    if (!known?.domains.has(entry.domain)) {
      if (this.#domains >= crowdDomainsMax) return false
      this.#domains++
    }
    const crowd = known ?? { domains: new Set(), held, wanted: 0, after: undefined, found: true }
    this.#crowds.set(site, crowd)
    crowd.domains.add(entry.domain)
    crowd.after = earlier(crowd.after, entry)
    return true
  }

  /** The site has room for so many. */
  invite(site: string, count: number): void {
    const crowd = this.#crowds.get(site)
    if (crowd) crowd.wanted = count
  }

  /** The site takes what comes: its mail is claimed like any other. */
  end(site: string): void {
    const crowd = this.#crowds.get(site)
    if (!crowd) return
    this.#domains -= crowd.domains.size
    this.#crowds.delete(site)
    // What was passed over for it stands anywhere.
    this.#after = undefined
  }

  /** An entry went back to where it was. */
  returned(entry: Placed): void {
    if (!this.holdsBack(entry.domain) && this.#after) this.#after = earlier(this.#after, entry)
  }

  /** Takes from the store what a site has room for, else what has nothing to do with them. @throws StoreUnavailable */
  async claim(store: Pick<Store, 'claimAmong'>, now: number, limit: number): Promise<CrowdClaim> {
    const [site, crowd] = this.#isOthersTurn ? [] : this.#nextWanted()
    this.#isOthersTurn = crowd !== undefined
    if (site !== undefined && crowd) return this.#claimOf(store, site, crowd, now, Math.min(limit, crowd.wanted))
    if (now >= this.#lapUntil) {
      this.#lapUntil = now + crowdLapMs
      this.#after = undefined
    }
    const after = this.#after
    const domains = [...this.#crowds.values()].flatMap((crowd) => [...crowd.domains])
    const { entries, next } = await store.claimAmong({ ...this.#lane, now, limit, domains, take: 'others', after })
    // Unless somebody sent it back meanwhile. At the end it stays: what comes later stands behind it.
    if (next && this.#after === after) this.#after = next
    return { entries, more: next !== undefined }
  }

  /** The destination that wants mail and waited longest for its turn; it goes to the end of the line. */
  #nextWanted(): [site: string, crowd: Crowd] | [] {
    for (const [site, crowd] of this.#crowds) {
      if (crowd.wanted === 0) continue
      this.#crowds.delete(site)
      this.#crowds.set(site, crowd)
      return [site, crowd]
    }
    return []
  }

  async #claimOf(store: Pick<Store, 'claimAmong'>, site: string, crowd: Crowd, now: number, limit: number): Promise<CrowdClaim> {
    const { after } = crowd
    if (!after) crowd.found = false
    // Taken again if the store fails: the site asks again.
    crowd.wanted = 0
    const request: ClaimAmong = { ...this.#lane, now, limit, domains: [...crowd.domains], take: 'these', after }
    const { entries, next } = await store.claimAmong(request)
    if (entries.length > 0) crowd.found = true
    if (crowd.after === after) crowd.after = next
    // A whole look without any: nothing waits in the store any more.
    if (!next && !crowd.found && this.#crowds.get(site) === crowd && crowd.after === undefined) this.end(site)
    else if (next && entries.length < limit) crowd.wanted = Math.max(crowd.wanted, limit - entries.length)
    return { entries, more: true }
  }
}

/** Just before `entry`, if that is earlier. */
function earlier(place: QueuePlace | undefined, { dueAt, id }: Placed): QueuePlace | undefined {
  if (!place || place.dueAt < dueAt || (place.dueAt === dueAt && place.id < id)) return place
  return { dueAt, id: id - 1 }
}
