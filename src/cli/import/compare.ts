// Whether a resource is the same on both sides. Pure: the parts were normalised by whoever read them.
import type { Parts } from './kind.ts'

/** The names of the parts that differ, sorted. A part that one side leaves undefined on purpose is no difference. */
export function differingParts(wanted: Parts, present: Parts): string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(present)])]
    .filter((part) => {
      const silent = [wanted, present].some((side) => part in side && side[part] === undefined)
      return !silent && canonical(wanted[part]) !== canonical(present[part])
    })
    .sort()
}

/** For people: a part that is an object on both sides is told by its members that differ. */
export function differenceNames(parts: readonly string[], wanted: Parts, present: Parts): string[] {
  return parts.flatMap((part) => {
    const [here, there] = [membersOf(wanted[part]), membersOf(present[part])]
    return here && there ? differingMembers(here, there).map((member) => `${part}.${member}`) : [part]
  })
}

function differingMembers(here: Parts, there: Parts): string[] {
  return [...new Set([...Object.keys(here), ...Object.keys(there)])].filter((member) => canonical(here[member]) !== canonical(there[member])).sort()
}

function membersOf(value: unknown): Parts | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Parts) : undefined
}

/** Members by name, absent ones left out, so that two spellings of one document are one text. */
export function canonical(value: unknown): string {
  return JSON.stringify(ordered(value)) ?? 'null'
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, ordered(member)]),
  )
}
