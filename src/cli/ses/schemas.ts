// Reads the operations of the SES v2 client from the schema tuples that the SDK exports (names ending in `$`), inputs and outputs only.
// Tuples: [code, namespace, name, traits, …]. Where a value travels is the SDK's matter, so traits are skipped here.
import * as sdk from '@aws-sdk/client-sesv2'

/** What a value is. */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'blob' | 'timestamp' }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  | { readonly kind: 'structure'; readonly name: string; readonly members: readonly Member[] }

/** A member of a structure. */
export interface Member {
  readonly name: string
  readonly shape: Shape
  readonly required: boolean
}

/** A structure. */
export type Structure = Extract<Shape, { kind: 'structure' }>

/** One operation of the client. */
export interface Operation {
  /** `SendEmail` */
  readonly name: string
  /** `send-email` */
  readonly command: string
  readonly input: Structure
  readonly output: Structure
}

const simple: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'number' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp' },
  21: { kind: 'blob' },
}
const listOf = 64
const mapOf = 128

/** Every operation, by the name of its command in alphabetical order. @throws Error at a schema code that is not known. */
export function readOperations(): ReadonlyMap<string, Operation> {
  const operations: Operation[] = []
  for (const [key, value] of Object.entries(sdk)) {
    if (!key.endsWith('$') || !Array.isArray(value) || value[0] !== 9) continue
    const name = String(value[2])
    operations.push({ name, command: kebab(name), input: structureOf(value[4]), output: structureOf(value[5]) })
  }
  operations.sort((a, b) => (a.command < b.command ? -1 : 1))
  return new Map(operations.map((operation) => [operation.command, operation]))
}

/** The AWS CLI's spelling: `WebsiteURL` is `website-url`. */
export function kebab(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}

function structureOf(reference: unknown): Structure {
  const target = typeof reference === 'function' ? reference() : reference
  if (target === 'unit') return { kind: 'structure', name: 'Unit', members: [] }
  const shape = shapeOf(target)
  if (shape.kind !== 'structure') throw new Error(`expected a structure, found ${shape.kind}`)
  return shape
}

const structures = new WeakMap<object, Structure>() // Immutable facts of the SDK, read once.

function shapeOf(reference: unknown): Shape {
  const target = typeof reference === 'function' ? reference() : reference
  if (typeof target === 'number') return simpleShape(target)
  if (!Array.isArray(target)) throw new Error(`unknown schema ${String(target)}`)
  if (target.length === 2) return shapeOf(target[0]) // [schema, traits]
  const [code, , name, , names, schemas, requiredCount] = target
  switch (code) {
    case 0: // [0, namespace, name, traits, simple code]
      return shapeOf(names)
    case 1: // [1, namespace, name, traits, element]
      return { kind: 'list', element: shapeOf(names) }
    case 2: // [2, namespace, name, traits, key, value]
      return { kind: 'map', value: shapeOf(schemas) }
    case 3: // [3, namespace, name, traits, member names, member schemas, number of required ones, which come first]
    case 4: {
      const known = structures.get(target)
      if (known) return known
      const members: Member[] = []
      const structure: Structure = { kind: 'structure', name: String(name), members }
      structures.set(target, structure) // Before the members: a structure may contain itself.
      for (const [position, member] of (names as string[]).entries()) {
        members.push({ name: member, shape: shapeOf((schemas as unknown[])[position]), required: position < Number(requiredCount ?? 0) })
      }
      return structure
    }
    default:
      throw new Error(`unknown schema code ${String(code)} of ${String(name)}`)
  }
}

function simpleShape(code: number): Shape {
  const shape = simple[code & (listOf - 1)]
  if (!shape || code >= mapOf + listOf) throw new Error(`unknown simple schema ${code}`)
  if (code >= mapOf) return { kind: 'map', value: shape }
  return code >= listOf ? { kind: 'list', element: shape } : shape
}
