// Copies one resource. Every step may be repeated: what a killed run left half made is completed, because the journal knows that it is ours.
import { differenceNames, differingParts } from './compare.ts'
import { endsImport, reasonOf } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Account, Entry, Kind, Scope } from './kind.ts'
import type { Tally } from './tally.ts'

/** What the copy needs. */
export interface Copy {
  readonly source: Account
  readonly target: Account
  readonly scope: Scope
  readonly journal: Journal
  readonly tally: Tally
  /** What differs may be overwritten. */
  readonly update: boolean
}

/** Copies, compares or leaves alone, and counts what it did. */
export async function copyEntry(kind: Kind, { key, found }: Entry, { source, target, scope, journal, tally, update }: Copy): Promise<void> {
  if (journal.isDone(kind.name, key)) return tally.count(kind.name, 'earlier')
  const wanted = found ?? (await kind.read(source, key, scope))
  if (!wanted) return tally.fail(kind.name, key, 'it is not at the source (any more)')
  tally.note(kind.name, key, wanted.notes ?? [])
  let present = await kind.read(target, key, scope)
  const isNew = !present
  if (!present) {
    journal.begin(kind.name, key)
    await createOnce(kind, target, key, wanted.parts)
    present = await kind.read(target, key, scope)
  }
  if (!present) return tally.fail(kind.name, key, 'it was created, and is not there')
  const differing = differingParts(wanted.parts, present.parts)
  const ours = isNew || journal.isBegun(kind.name, key)
  if (differing.length > 0 && !ours && !update) return tally.differ(kind.name, key, differenceNames(differing, wanted.parts, present.parts))
  const reasons: string[] = []
  // A part that is refused (a domain that is not verified yet) does not keep the others back.
  for (const part of differing) {
    try {
      await kind.write(target, key, part, wanted.parts, present.parts)
    } catch (fault) {
      if (endsImport(fault)) throw fault
      reasons.push(`${part}: ${reasonOf(fault)}`)
    }
  }
  if (reasons.length > 0) return tally.fail(kind.name, key, reasons.join('; '))
  journal.done(kind.name, key)
  tally.count(kind.name, ours ? 'copied' : differing.length > 0 ? 'updated' : 'equal')
}

// An attempt whose answer was lost has made it already.
async function createOnce(kind: Kind, target: Account, key: string, wanted: Readonly<Record<string, unknown>>): Promise<void> {
  try {
    await kind.create(target, key, wanted)
  } catch (fault) {
    if ((fault as Error).name !== 'AlreadyExistsException') throw fault
  }
}
