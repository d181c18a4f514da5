// Mail of one lane for destinations that take it more slowly than it comes: a few entries of each are in memory, the rest stays in the store and is left
// out of the lane's claims, so that its other mail goes on. A destination is a site of ours; the store knows it by the domains that were met.
// Bounded in destinations and domains; a restart forgets it, and the sites find out anew.
// Leaves to whom: when there is too much is the site's affair, when to claim windows.ts's.
import type { QueueEntry } from '../model/message.ts'
import type { Lane, QueuePlace, Store } from '../storage/store.ts'
import { before, LaneLook, type Placed, start } from './lane-look.ts'
import { crowdDomainsMax, crowdLapMs, crowdsPerLaneMax } from './limits.ts'

interface Crowd {
  readonly domains: Set<string>
  /** Entries of it that may be in memory. */
  held: number
  /** Entries that its site has room for. */
  wanted: number
  readonly look: LaneLook
  /** Something was found since the look began at the start. */
  found: boolean
}

/** What one claim brought. */
export interface CrowdClaim {
  readonly entries: QueueEntry[]
  /** There may be more to claim at once. */
  readonly more: boolean
}

/** When a claim is made, and for what. */
export interface CrowdMoment {
  /** What is due until then; later than `now` while mail is claimed before its time. */
  readonly dueUntil: number
  readonly now: number
  readonly limit: number
}

/** The crowds of one lane. */
export class Crowds {
  readonly #lane: Lane
  readonly #crowds = new Map<string, Crowd>()
  #domains = 0
  /** The look for the lane's other mail. */
  readonly #others = new LaneLook()
  /** A second one from the beginning, in turns with the first: for what came to stand behind it unseen. */
  #lap: LaneLook | undefined
  #lapAt = 0
  #isLapsTurn = false
  /** One for what is claimed before its time: what comes meanwhile stands behind it. */
  #ahead: LaneLook | undefined
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

  /** `entry` goes back to the store; `stored` follows. False: too many destinations or domains, and nothing is noted. */
  add(site: string, held: number, entry: Placed): boolean {
    const known = this.#crowds.get(site)
    if (!known && this.#crowds.size >= crowdsPerLaneMax) return false
    if (!known?.domains.has(entry.domain)) {
      if (this.#domains >= crowdDomainsMax) return false
      this.#domains++
    }
    const crowd = known ?? { domains: new Set(), held, wanted: 0, look: new LaneLook(before(entry)), found: true }
    this.#crowds.set(site, crowd)
    crowd.held = held
    crowd.domains.add(entry.domain)
    crowd.look.back(before(entry))
    return true
  }

  /** The site has room for so many, and may hold so many together. */
  invite(site: string, count: number, held: number): void {
    const crowd = this.#crowds.get(site)
    if (!crowd) return
    crowd.wanted = count
    crowd.held = held
  }

  /** The site takes what comes: its mail is claimed like any other. */
  end(site: string): void {
    const crowd = this.#crowds.get(site)
    if (!crowd) return
    this.#domains -= crowd.domains.size
    this.#crowds.delete(site)
    // What was passed over for it stands nowhere before.
    this.#backOthers(crowd.look.place)
  }

  /** The entry stands in the store again where it stood. `site`: which turned it away; undefined: it went back for another reason. */
  stored(entry: Placed, site: string | undefined): void {
    const place = before(entry)
    const own = site === undefined ? undefined : this.#crowds.get(site)
    if (own) {
      own.look.back(place)
      return
    }
    let isHeldBack = false
    for (const { domains, look } of this.#crowds.values()) {
      if (!domains.has(entry.domain)) continue
      isHeldBack = true
      look.back(place)
    }
    if (!isHeldBack) this.#backOthers(place)
  }

  /** Takes from the store what a site has room for, else what has nothing to do with them. @throws StoreUnavailable */
  async claim(store: Pick<Store, 'claimAmong'>, moment: CrowdMoment): Promise<CrowdClaim> {
    const [site, crowd] = this.#isOthersTurn ? [] : this.#nextWanted()
    this.#isOthersTurn = crowd !== undefined
    return site !== undefined && crowd ? this.#claimOf(store, site, crowd, moment) : this.#claimOthers(store, moment)
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

  async #claimOthers(store: Pick<Store, 'claimAmong'>, { dueUntil, now, limit }: CrowdMoment): Promise<CrowdClaim> {
    const look = this.#nextLook(dueUntil > now, now)
    const after = look.begin()
    const domains = [...this.#crowds.values()].flatMap((crowd) => [...crowd.domains])
    const { entries, next } = await store.claimAmong({ ...this.#lane, now: dueUntil, limit, domains, take: 'others', after })
    // At the end it stays: what comes later stands behind it.
    look.end(next ?? after)
    if (look === this.#lap) {
      if (!next) this.#lap = undefined
      return { entries, more: true }
    }
    return { entries, more: next !== undefined || this.#lap !== undefined }
  }

  #nextLook(isAhead: boolean, now: number): LaneLook {
    if (isAhead) {
      this.#ahead ??= new LaneLook(this.#others.place)
      return this.#ahead
    }
    this.#ahead = undefined
    // The first look begins at the start itself.
    if (this.#lapAt === 0) this.#lapAt = now + crowdLapMs
    else if (now >= this.#lapAt) {
      this.#lapAt = now + crowdLapMs
      this.#lap ??= new LaneLook()
    }
    this.#isLapsTurn = this.#lap !== undefined && !this.#isLapsTurn
    return this.#isLapsTurn && this.#lap ? this.#lap : this.#others
  }

  async #claimOf(store: Pick<Store, 'claimAmong'>, site: string, crowd: Crowd, { dueUntil, limit }: CrowdMoment): Promise<CrowdClaim> {
    const { look } = crowd
    if (look.isAtStart) crowd.found = false
    const most = Math.min(limit, crowd.wanted)
    // Taken again if the store fails: the site asks again.
    crowd.wanted = 0
    const after = look.begin()
    const { entries, next } = await store.claimAmong({ ...this.#lane, now: dueUntil, limit: most, domains: [...crowd.domains], take: 'these', after })
    if (entries.length > 0) crowd.found = true
    look.end(next ?? start)
    // A whole look without any: nothing waits in the store any more.
    if (!next && !crowd.found && this.#crowds.get(site) === crowd) this.end(site)
    else if (next && entries.length < most) crowd.wanted = Math.max(crowd.wanted, most - entries.length)
    return { entries, more: true }
  }

  #backOthers(place: QueuePlace): void {
    for (const look of [this.#others, this.#lap, this.#ahead]) look?.back(place)
  }
}
