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
