// Looks at one resource without touching it: new, equal, or what differs.
import { differenceNames, differingParts } from './compare.ts'
import type { Copy } from './copy-entry.ts'
import type { Entry, Kind } from './kind.ts'

/** Compares and counts. A new resource is read at the source only when the kind has something to say about it: a call there may cost a second. */
export async function planEntry(
  kind: Kind,
  { key, found }: Entry,
  { source, target, scope, journal, tally, update }: Omit<Copy, 'journal'> & { readonly journal: Pick<Copy['journal'], 'isDone' | 'isBegun'> | undefined },
): Promise<void> {
  if (journal?.isDone(kind.name, key)) return tally.count(kind.name, 'earlier')
  const present = await kind.read(target, key, scope)
  const wanted = found ?? (present || kind.planReadsNew ? await kind.read(source, key, scope) : undefined)
  tally.note(kind.name, key, wanted?.notes ?? [])
  if (!present) return tally.count(kind.name, 'new')
  if (!wanted) return tally.fail(kind.name, key, 'it is not at the source (any more)')
  const differing = differingParts(wanted.parts, present.parts)
  if (differing.length === 0) return tally.count(kind.name, 'equal')
  if (journal?.isBegun(kind.name, key)) return tally.count(kind.name, 'new')
  if (update) return tally.count(kind.name, 'updated')
  tally.differ(kind.name, key, differenceNames(differing, wanted.parts, present.parts))
}
