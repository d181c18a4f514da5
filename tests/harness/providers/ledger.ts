// What a provider saw, as a test may ask it: connections, attempts, accepted messages, and breaches of what it had told the sender.
import type { Placement } from './reputation.ts'

/** One connection of a sender. */
export interface Visit {
  readonly number: number
  readonly ip: string
  readonly host: string
  /** What the bound on connections counts: the address, with the site where sites are counted apart. */
  readonly lane: string
  readonly openedAt: number
  closedAt: number | undefined
  /** The words at the greeting when it was turned away; empty otherwise. */
  refusal: string
  helo: string
  secure: boolean
  /** MAIL commands, refused ones included. */
  transactions: number
  /** Messages that were taken or refused after the final dot. */
  messages: number
}

/** One recipient of one try; the answer that decided it. */
export interface Attempt {
  readonly at: number
  readonly ip: string
  readonly visit: number
  readonly sender: string
  readonly recipient: string
  readonly reply: string
}

/** A message that became the provider's. */
export interface Accepted extends Attempt {
  readonly bytes: Buffer
  /** By lower-case name, unfolded, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** `d=` of its signatures; only those that verify where a SenderDns is known. */
  readonly dkimDomains: readonly string[]
  readonly placement: Placement
}

/** What senders must not do. */
export type ViolationKind =
  | 'connection-in-pause'
  | 'message-in-pause'
  | 'too-many-connections'
  | 'too-many-messages'
  | 'retry-after-refusal'
  | 'retry-too-early'
  | 'greylist-from-another-ip'
  | 'mail-to-unknown-user-again'
  | 'protocol'

/** One breach. */
export interface Violation {
  readonly at: number
  readonly kind: ViolationKind
  readonly ip: string
  readonly detail: string
}

/** The book of one provider; everything in the order in which it happened. */
export class Ledger {
  readonly visits: Visit[] = []
  readonly attempts: Attempt[] = []
  readonly accepted: Accepted[] = []
  readonly violations: Violation[] = []
  readonly #open = new Map<string, number>()
  readonly #mostOpen = new Map<string, number>()

  /** A connection was opened. */
  opened(ip: string, host: string, lane: string, at: number): Visit {
    const visit: Visit = {
      ...{ number: this.visits.length, ip, host, lane, openedAt: at, closedAt: undefined },
      ...{ refusal: '', helo: '', secure: false, transactions: 0, messages: 0 },
    }
    this.visits.push(visit)
    const open = this.open(lane) + 1
    this.#open.set(lane, open)
    this.#mostOpen.set(lane, Math.max(open, this.#mostOpen.get(lane) ?? 0))
    return visit
  }

  /** It is over, or about to be by either side's word. Repeatable. */
  closed(visit: Visit, at: number): void {
    if (visit.closedAt !== undefined) return
    visit.closedAt = at
    this.#open.set(visit.lane, this.open(visit.lane) - 1)
  }

  /** Connections that are open now, of one lane or of all. */
  open(lane?: string): number {
    return lane === undefined ? [...this.#open.values()].reduce((sum, count) => sum + count, 0) : (this.#open.get(lane) ?? 0)
  }

  /** The most connections at the same time in one lane. */
  get mostOpen(): number {
    return Math.max(0, ...this.#mostOpen.values())
  }

  /** MAIL commands on the busiest connection. */
  get mostTransactions(): number {
    return this.visits.reduce((most, { transactions }) => Math.max(most, transactions), 0)
  }

  /** Connections that were opened in `[from, to)`. */
  openedBetween(from: number, to: number): Visit[] {
    return this.visits.filter(({ openedAt }) => openedAt >= from && openedAt < to)
  }

  attemptsFor(recipient: string): Attempt[] {
    return this.attempts.filter((attempt) => attempt.recipient === recipient)
  }

  acceptedFor(recipient: string): Accepted[] {
    return this.accepted.filter((message) => message.recipient === recipient)
  }

  /** Copies beyond the first of the same message for the same recipient. */
  get duplicates(): number {
    return this.accepted.length - new Set(this.accepted.map(({ sender, recipient }) => `${sender} ${recipient}`)).size
  }

  violationsOf(...kinds: readonly ViolationKind[]): Violation[] {
    return this.violations.filter(({ kind }) => kinds.includes(kind))
  }
}
