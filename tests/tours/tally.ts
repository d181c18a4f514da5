// What a client did on its tour.

/** Calls of one operation. */
export interface Visit {
  calls: number
  ok: number
  /** Refused, and so it should be. */
  refused: number
}

/** The tour of one client. */
export interface Tour {
  readonly client: string
  /** By service and operation: `sesv2.CreateTenant`. */
  readonly visits: Readonly<Record<string, Visit>>
  /** One sentence each. */
  readonly failures: readonly string[]
  /** Steps that this client cannot walk, because its version does not know them. */
  readonly unknown: readonly string[]
}

/** Counts as a tour goes. */
export function createTally() {
  const visits: Record<string, Visit> = {}
  const failures: string[] = []
  const count = (name: string, what?: 'ok' | 'refused') => {
    const visit = visits[name] ?? { calls: 0, ok: 0, refused: 0 }
    visits[name] = visit
    visit.calls += 1
    if (what) visit[what] += 1
  }
  return {
    visits,
    failures,
    ok: (name: string) => count(name, 'ok'),
    refused: (name: string) => count(name, 'refused'),
    fail(name: string, reason: string) {
      count(name)
      failures.push(`${name}: ${reason}`)
    },
  }
}

/** A failure for each operation that had to be visited and was not, nor stands in `excused` (operation to reason). */
export function missedOperations(tour: Tour, offered: readonly string[], excused: Readonly<Record<string, string>>): string[] {
  const missed = offered.filter((name) => !tour.visits[name] && !excused[name]).map((name) => `${name} is offered, and the tour does not visit it`)
  const stale = Object.keys(excused).filter((name) => tour.visits[name])
  return [...missed, ...stale.map((name) => `${name} is excused, and the tour visits it`)]
}
