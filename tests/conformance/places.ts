// Every member of an operation's input, and how to put something at its place in a valid input, parents included.
import * as sdk from '@aws-sdk/client-sesv2'
import { enumKeys, enumMembers } from '../../src/api/protocols/enum-members.ts'
import type { Member, Shape, Structure } from '../../src/api/protocols/schema.ts'
import type { Input, Path, Place } from './probe.ts'

const depthMax = 12

/** All members of the structure at every depth. */
export function placesOf(structure: Structure, path: Path = [], spelt = ''): Place[] {
  if (path.length > depthMax) return []
  return structure.members.flatMap((member) => {
    const here: Place = { path: [...path, member.name], spelt: `${spelt && `${spelt}.`}${lower(member.name)}`, structure, member }
    const inner = (shape: Shape, at: Path, name: string): Place[] => {
      if (shape.kind === 'structure' || shape.kind === 'union') return placesOf(shape, at, name)
      return shape.kind === 'list' ? inner(shape.element, [...at, '0'], `${name}.1.member`) : []
    }
    return [here, ...inner(member.shape, here.path, here.spelt)]
  })
}

/** The values of the enumeration of a member, of its elements or of its map's values. */
export function valuesOf(structure: Structure, member: Member): readonly string[] | undefined {
  return enumerated(enumMembers[`${structure.name}.${member.name}`])
}

/** The keys that a map may have. */
export function keysOf(structure: Structure, member: Member): readonly string[] {
  return enumerated(enumKeys[`${structure.name}.${member.name}`]) ?? ['key']
}

/** Something of the right kind with all that is required; no promise that the operation likes it. */
export function sampleOf(structure: Structure, member: Member, shape: Shape = member.shape): unknown {
  switch (shape.kind) {
    case 'string':
      return valuesOf(structure, member)?.[0] ?? 'sample'
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'blob':
      return Buffer.from('sample')
    case 'timestamp':
      return new Date(1_790_000_000_000)
    case 'list':
      return [sampleOf(structure, member, shape.element)]
    case 'map':
      return { [keysOf(structure, member)[0] ?? 'key']: sampleOf(structure, member, shape.value) }
    case 'structure':
      return Object.fromEntries(shape.members.filter(({ required }) => required).map((inner) => [inner.name, sampleOf(shape, inner)]))
    case 'union':
      return Object.fromEntries(shape.members.slice(0, 1).map((inner) => [inner.name, sampleOf(shape, inner)]))
  }
}

/** A copy of `valid` with `value` at the path; parents that are not there are sampled. Undefined takes the member out. */
export function withValue(input: Structure, valid: Input, path: Path, value: unknown): Input {
  const copy = structuredClone(valid)
  let at: Record<string, unknown> = copy
  let structure = input
  let member: Member | undefined
  let shape: Shape = input
  for (const [depth, step] of path.entries()) {
    if (shape.kind === 'structure' || shape.kind === 'union') {
      structure = shape
      const found: Member | undefined = shape.members.find(({ name }) => name === step)
      if (!found) throw new Error(`${shape.name} has no ${step}`)
      member = found
      // A union holds one member.
      if (shape.kind === 'union') for (const other of Object.keys(at)) if (other !== step) delete at[other]
      shape = found.shape
    } else if (shape.kind === 'list') shape = shape.element
    if (depth === path.length - 1) {
      if (value === undefined) delete at[step]
      else at[step] = value
    } else {
      at[step] ??= member && sampleOf(structure, member, shape)
      at = at[step] as Record<string, unknown>
    }
  }
  return copy
}

/** What stands at the path; undefined when a parent is not there. */
export function valueAt(input: Input, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (at as Input | undefined)?.[step], input)
}

function enumerated(name: string | undefined): readonly string[] | undefined {
  return name === undefined ? undefined : Object.values((sdk as unknown as Record<string, Record<string, string>>)[name] ?? {})
}

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
