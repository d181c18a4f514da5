// Limits by subject: so many messages in a sliding window, and a penalty for who is over it. Pure: time comes as a number.
import type { Penalty } from './profile.ts'

/** Replies that were on their way when the pause was told are no breach of it. */
export const underWayMs = 1_000

/** How a limited subject is spoken to. */
export type LimitLevel = 'first' | 'hard' | 'final'

interface Punished {
  readonly toldAt: number
  until: number
  hits: number
}

/** The windows and penalties of one provider. */
export class Quotas {
  readonly #penalty: Penalty
  readonly #windowMs: number
  readonly #times = new Map<string, number[]>()
  readonly #punished = new Map<string, Punished>()

  constructor(windowMs: number, penalty: Penalty) {
    this.#windowMs = windowMs
    this.#penalty = penalty
  }

  /** One message of each subject was taken. */
  count(subjects: Iterable<string>, now: number): void {
    for (const subject of subjects) {
      const times = this.#times.get(subject)
      if (times) times.push(now)
      else this.#times.set(subject, [now])
    }
  }

  /** Whether a message of `subject` is refused now, and in which words; `breach` hears of one inside a strict pause. */
  limited(subject: string, max: number, now: number, breach: () => void): LimitLevel | undefined {
    const punished = this.#punished.get(subject)
    if (punished && now < punished.until) {
      punished.hits++
      if (this.#isBreach(punished, now)) {
        punished.until = now + this.#penalty.ms
        breach()
      }
      return this.#level(punished, now)
    }
    if (this.#within(subject, now) < max) return undefined
    this.#punished.set(subject, { toldAt: now, until: now + this.#penalty.ms, hits: 1 })
    return 'first'
  }

  /** When the pause of `subject` ends, or ended; undefined when it never had one. */
  pausedUntil(subject: string): number | undefined {
    return this.#punished.get(subject)?.until
  }

  /** A connection was opened: true when a strict pause forbids it. The pause starts anew. */
  breaksPause(subject: string, now: number): boolean {
    const punished = this.#punished.get(subject)
    if (!punished || now >= punished.until || !this.#isBreach(punished, now)) return false
    punished.until = now + this.#penalty.ms
    return true
  }

  /** Connections that `subject` may have now: fewer for a while after a pause. */
  connections(subject: string, max: number, now: number): number {
    const punished = this.#punished.get(subject)
    const { stepMs } = this.#penalty
    if (!punished || stepMs === undefined || now < punished.until) return max
    return Math.min(max, 1 + Math.floor((now - punished.until) / stepMs))
  }

  #isBreach({ toldAt }: Punished, now: number): boolean {
    return this.#penalty.strict && now - toldAt > underWayMs
  }

  #within(subject: string, now: number): number {
    const times = this.#times.get(subject)
    if (!times) return 0
    while (times.length > 0 && (times[0] ?? 0) <= now - this.#windowMs) times.shift()
    return times.length
  }

  #level(punished: Punished, now: number): LimitLevel {
    const { escalation, ms } = this.#penalty
    if (!escalation || punished.hits <= escalation.hardAfter) return 'first'
    const final = punished.hits > escalation.finalAfter
    punished.until = Math.max(punished.until, now + ms * escalation.factor ** (final ? 2 : 1))
    return final ? 'final' : 'hard'
  }
}
