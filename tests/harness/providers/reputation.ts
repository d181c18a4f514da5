// What a provider thinks of an address or a domain: a score that falls fast with complaints and unknown users and rises slowly with good mail,
// and trust in new addresses that only grows with the days. Pure: time comes as a number.
const scoreAtStart = 50
/** Share of the distance to 100 that one wanted message wins. */
const gain = 0.002
const losses = { complaint: 4, 'unknown-user': 1, content: 2 } as const
const dayMs = 86_400_000
/** After so many days without mail an address is new again. */
const memoryDays = 30

/** What costs reputation. */
export type Offence = keyof typeof losses

/** Where an accepted message goes. */
export type Placement = 'inbox' | 'spam'

/** Scores by subject; a subject is `ip 192.0.2.1`, `dkim a.test` or `from a.test`. */
export class Reputation {
  readonly #scores = new Map<string, number>()
  readonly #days = new Map<string, Map<number, number>>()

  /** From 0 to 100. */
  score(subject: string): number {
    return this.#scores.get(subject) ?? scoreAtStart
  }

  good(subjects: Iterable<string>, now: number): void {
    for (const subject of subjects) {
      const score = this.score(subject)
      this.#scores.set(subject, score + (100 - score) * gain)
      const days = this.#days.get(subject) ?? new Map<number, number>()
      this.#days.set(subject, days)
      const today = Math.floor(now / dayMs)
      days.set(today, (days.get(today) ?? 0) + 1)
      for (const day of days.keys()) if (today - day > memoryDays) days.delete(day)
    }
  }

  bad(subjects: Iterable<string>, offence: Offence): void {
    for (const subject of subjects) this.#scores.set(subject, Math.max(0, this.score(subject) - losses[offence]))
  }

  /** Accepted messages of the day of `now` (UTC). */
  today(subject: string, now: number): number {
    return this.#days.get(subject)?.get(Math.floor(now / dayMs)) ?? 0
  }

  /** What a subject may bring on the day of `now`: `perDay`, or `growth` times the best of its earlier days within memory. */
  allowance(subject: string, { perDay, growth }: { perDay: number; growth: number }, now: number): number {
    const today = Math.floor(now / dayMs)
    let best = 0
    for (const [day, count] of this.#days.get(subject) ?? []) if (day < today && today - day <= memoryDays) best = Math.max(best, count)
    return Math.max(perDay, Math.floor(best * growth))
  }

  /** The lowest score decides. */
  placement(subjects: readonly string[], slowBelow: number): Placement {
    return Math.min(...subjects.map((subject) => this.score(subject))) < slowBelow ? 'spam' : 'inbox'
  }
}
