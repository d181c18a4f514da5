// A token bucket without a timer: it fills by the time that passed since it was asked last. What asks for more than it can ever hold is
// admitted when it is full and leaves a debt, so that the average keeps to the rate.

/** How fast it fills, in tokens a second, and how many it holds. */
export interface BucketRate {
  readonly perSecond: number
  readonly burst: number
}

/** One bucket; full at first. */
export class TokenBucket {
  #tokens: number | undefined
  #at = 0

  /** Takes tokens, or leaves the bucket as it is and answers false. The rate may differ from call to call: the newest counts. */
  take(tokens: number, { perSecond, burst }: BucketRate, now: number): boolean {
    // A clock that is set back adds nothing.
    const filled = this.#tokens === undefined ? burst : Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1_000)
    this.#at = now
    const admitted = filled >= Math.min(tokens, burst)
    this.#tokens = admitted ? filled - tokens : filled
    return admitted
  }
}
