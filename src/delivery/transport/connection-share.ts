// The connections of one site from one of our addresses are one number for the far side, however many demands divide them into pools.
// A pool that needs one when all are in use gets it from the pool that has the most.
/** A pool of connections with one demand. */
export interface SharingPool {
  /** Connections and dials. */
  readonly held: number
  /** Ends one connection: an idle one now, else one after its present message. */
  giveWay(): void
  /** Tries again to open what it needs. */
  pump(): void
}

/** What pools share: those of one site, or the sites of one provider. */
export class ConnectionShare {
  readonly pools = new Set<SharingPool>()
  #waiting = false

  /** Connections and dials of all. */
  get held(): number {
    let held = 0
    for (const pool of this.pools) held += pool.held
    return held
  }

  /** Whether `pool` may open one more when all together may have `max`; when not, another is asked to give way. */
  mayOpen(pool: SharingPool, max: number): boolean {
    if (this.pools.size < 2 && pool.held < max) return true
    let total = 0
    let using = pool.held > 0 ? 0 : 1
    let richest: SharingPool | undefined
    for (const one of this.pools) {
      total += one.held
      if (one.held > 0) using++
      if (one !== pool && one.held > (richest?.held ?? 0)) richest = one
    }
    if (total < max) return true
    this.#waiting = true
    // Not below a fair part, unless `pool` has nothing at all: then they take turns.
    if (richest && (pool.held === 0 || (richest.held > max / using && richest.held > pool.held + 1))) richest.giveWay()
    return false
  }

  /** A connection of `pool` ended: whoever waited may try. */
  released(pool: SharingPool): void {
    if (!this.#waiting) return
    this.#waiting = false
    for (const one of this.pools) if (one !== pool) one.pump()
  }
}
