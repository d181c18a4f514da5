// Greylisting by address, sender and recipient: the first try waits, the same triplet passes later, an address that passed often enough is trusted.
// A triplet that comes back from another address waits anew, which is what senders with many addresses get wrong.

/** What a try is told. */
export type GreylistAnswer =
  | { readonly kind: 'pass' }
  /** `early`: it was told to come later than now. `elsewhere`: another address has the same sender and recipient waiting. */
  | { readonly kind: 'wait'; readonly seconds: number; readonly early: boolean; readonly elsewhere: string | undefined }

/** The list of one server. */
export class Greylist {
  readonly #waitMs: number
  readonly #passesUntilTrusted: number
  readonly #firstSeen = new Map<string, Map<string, number>>()
  readonly #passes = new Map<string, number>()

  constructor({ waitMs, passesUntilTrusted }: { waitMs: number; passesUntilTrusted: number }) {
    this.#waitMs = waitMs
    this.#passesUntilTrusted = passesUntilTrusted
  }

  ask(ip: string, sender: string, recipient: string, now: number): GreylistAnswer {
    if ((this.#passes.get(ip) ?? 0) >= this.#passesUntilTrusted) return { kind: 'pass' }
    const key = `${sender}\0${recipient}`.toLowerCase()
    const seen = this.#firstSeen.get(key) ?? new Map<string, number>()
    this.#firstSeen.set(key, seen)
    const first = seen.get(ip)
    if (first !== undefined && now - first >= this.#waitMs) {
      this.#passes.set(ip, (this.#passes.get(ip) ?? 0) + 1)
      return { kind: 'pass' }
    }
    const elsewhere = [...seen.keys()].find((other) => other !== ip)
    if (first === undefined) seen.set(ip, now)
    return { kind: 'wait', seconds: Math.ceil((this.#waitMs - (now - (first ?? now))) / 1_000), early: first !== undefined, elsewhere }
  }
}
