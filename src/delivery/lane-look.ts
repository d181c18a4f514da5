// How far a look through a lane has come. What comes back to the store behind it is not passed over, also when it comes while a claim runs: its change
// may be written after the claim has looked at its place.
import type { QueueEntry } from '../model/message.ts'
import type { QueuePlace } from '../storage/store.ts'

/** Where an entry stands in its lane. */
export type Placed = Pick<QueueEntry, 'dueAt' | 'id' | 'domain'>

/** Before all. */
export const start: QueuePlace = { dueAt: -1, id: -1 }

/** One look; its claims come one after the other. */
export class LaneLook {
  #place: QueuePlace
  /** The earliest place that was named since the running claim began. */
  #named: QueuePlace | undefined

  constructor(place = start) {
    this.#place = place
  }

  /** The next claim goes on behind this place. */
  get place(): QueuePlace {
    return this.#place
  }

  get isAtStart(): boolean {
    return this.#place === start
  }

  /** A claim begins; it goes on behind this place. */
  begin(): QueuePlace {
    this.#named = undefined
    return this.#place
  }

  /** It came so far. Left out after a claim that failed. */
  end(place: QueuePlace): void {
    this.#place = this.#named && isBefore(this.#named, place) ? this.#named : place
  }

  /** Goes on there at the latest. */
  back(place: QueuePlace): void {
    if (isBefore(place, this.#place)) this.#place = place
    if (!this.#named || isBefore(place, this.#named)) this.#named = place
  }
}

/** The place just before an entry. */
export function before({ dueAt, id }: Placed): QueuePlace {
  return { dueAt, id: id - 1 }
}

function isBefore(one: QueuePlace, other: QueuePlace): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && one.id < other.id)
}
