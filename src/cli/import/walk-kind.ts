// Goes through one kind: pages of the source, several resources at once, a fault of one resource counted and the rest gone on with.
import { importInFlightMax } from '../limits.ts'
import { endsImport, Interrupted, reasonOf } from './faults.ts'
import type { Account, Entry, Kind, Scope } from './kind.ts'
import type { Tally } from './tally.ts'

/** What the walk needs. */
export interface Walk {
  readonly source: Account
  readonly scope: Scope
  readonly tally: Tally
  readonly signal: AbortSignal
}

/**
 * Calls `visit` for every resource of the kind that is not left out.
 * @throws Interrupted when the signal aborts; or the fault that ends the import, when the other side is gone or the keys are wrong.
 */
export async function walkKind(kind: Kind, { source, scope, tally, signal }: Walk, visit: (entry: Entry) => Promise<void>): Promise<void> {
  tally.open(kind.name)
  const running = new Set<Promise<void>>()
  let ending: unknown
  const start = (entry: Entry) => {
    const job = visit(entry)
      .catch((fault: unknown) => {
        if (endsImport(fault)) ending ??= fault
        else tally.fail(kind.name, entry.key, reasonOf(fault))
      })
      .finally(() => running.delete(job))
    running.add(job)
  }
  try {
    for await (const page of kind.entries(source, scope)) {
      for (const entry of page) {
        const reason = kind.leftOut?.(entry.key, scope)
        if (reason === undefined) {
          while (running.size >= importInFlightMax) await Promise.race(running)
          if (signal.aborted || ending) break
          start(entry)
        } else {
          tally.count(kind.name, 'leftOut')
          tally.note(kind.name, entry.key, [reason])
        }
      }
      if (signal.aborted || ending) break
    }
  } catch (fault) {
    // A listing that is refused (no permission, an older service) says nothing about the other kinds.
    if (endsImport(fault)) ending ??= fault
    else tally.fail(kind.name, '(the listing)', reasonOf(fault))
  }
  await Promise.all(running)
  if (signal.aborted) throw new Interrupted('interrupted')
  if (ending) throw ending
}
