// Ids of queue entries: milliseconds times 2,048 plus a counter, so that they rise with time, across restarts too, and stay
// below 2^53 until the year 2109. A burst or a clock that went back simply counts on from the highest id.

const idsPerMs = 2_048

/** Mints ids above everything minted before. */
export class QueueIds {
  #last: number

  /** @param highest the highest id that an earlier process may have minted. */
  constructor(highest: number) {
    this.#last = highest
  }

  /** The newest id, or the highest of the earlier process. */
  get last(): number {
    return this.#last
  }

  mint(nowMs: number): number {
    this.#last = Math.max(this.#last + 1, Math.floor(nowMs) * idsPerMs)
    return this.#last
  }
}
