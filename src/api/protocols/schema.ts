// Reads the schema tuples that the SDK exports (names ending in `$`) into shapes that say what they mean. An unknown tuple
// code or trait is a fault at start: it would mean that a newer SDK says something we do not serve.
// Tuples: [code, namespace, name, traits, …]; the codes are written at each `case`.
import * as sdk from '@aws-sdk/client-sesv2'

/** What a value looks like on the wire. */
export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'blob' | 'timestamp' }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  | Structure

/** A structure, or a union when exactly one member must be present. */
export interface Structure {
  readonly kind: 'structure' | 'union'
  readonly name: string
  readonly members: readonly Member[]
}

/** One member, and where in the request it travels. */
export interface Member {
  readonly name: string
  readonly shape: Shape
  readonly required: boolean
  readonly place: 'body' | 'label' | 'query'
  /** Name on the wire; differs from `name` in queries only. */
  readonly wireName: string
}

/** One operation of the client. The query protocol names no route: all its operations are POST to `/`. */
export interface OperationSchema {
  readonly name: string
  readonly method: string
  /** With `{Label}`s. */
  readonly path: string
  readonly status: number
  readonly input: Structure
  readonly output: Structure
}

/** A modelled exception. */
export interface ErrorSchema {
  readonly name: string
  readonly status: number
  /** How the query protocol names it on the wire; elsewhere the name itself. */
  readonly code: string
  /** What it carries beside its text. */
  readonly members: readonly string[]
}

/** Everything the client knows. */
export interface ServiceSchema {
  readonly operations: readonly OperationSchema[]
  readonly structures: readonly Structure[]
  readonly errors: readonly ErrorSchema[]
}

const simple: Readonly<Record<number, Shape>> = {
  0: { kind: 'string' },
  1: { kind: 'number' },
  2: { kind: 'boolean' },
  4: { kind: 'timestamp' },
  21: { kind: 'blob' },
}
const listOf = 64 // Added to a simple code: a list of it.
const mapOf = 128 // Added to a simple code: a map from string to it.
const httpLabel = 1 // Trait bit of a member: it stands in the path.
const sensitive = 8 // Trait bit: never log it. We log no member at all, so it changes nothing.
const nothing: Structure = { kind: 'structure', name: 'Unit', members: [] }

/** Reads every schema of `exported`, by default of the SES v2 client. @throws Error at the first unknown code or trait. */
export function readServiceSchema(exported: Readonly<Record<string, unknown>> = sdk): ServiceSchema {
  const structures = new Map<unknown, Structure>()
  const shapeOf = (reference: unknown): Shape => {
    const target = typeof reference === 'function' ? reference() : reference
    if (typeof target === 'number') return simpleShape(target)
    if (target === 'unit') return nothing
    const tuple = tupleOf(target)
    switch (tuple[0]) {
      case 0: // [0, namespace, name, traits, simple code]
        knownBits(tuple[3], sensitive)
        return shapeOf(tuple[4])
      case 1: // [1, namespace, name, traits, element]
        knownBits(tuple[3], sensitive)
        return { kind: 'list', element: shapeOf(memberOf(tuple[4]).target) }
      case 2: // [2, namespace, name, traits, key, value]
        knownBits(tuple[3], sensitive)
        return { kind: 'map', value: shapeOf(memberOf(tuple[5]).target) }
      case 3: // [3, namespace, name, traits, member names, member schemas, number of required members, which come first]
      case 4: // The same for a union.
        return structureOf(tuple)
      default:
        throw new Error(`unknown schema code ${String(tuple[0])} of ${String(tuple[2])}`)
    }
  }
  const structureOf = (tuple: readonly unknown[]): Structure => {
    const known = structures.get(tuple)
    if (known) return known
    if (tuple.length > 7) throw new Error(`the schema of ${String(tuple[2])} is longer than known`)
    knownBits(tuple[3], sensitive)
    const members: Member[] = []
    const structure: Structure = { kind: tuple[0] === 4 ? 'union' : 'structure', name: String(tuple[2]), members }
    structures.set(tuple, structure) // Before the members: a structure may contain itself.
    const schemas = tupleOf(tuple[5])
    for (const [position, name] of (tuple[4] as string[]).entries()) {
      const { target, place, wireName } = memberOf(schemas[position])
      members.push({ name, shape: shapeOf(target), required: position < Number(tuple[6] ?? 0), place, wireName: wireName ?? name })
    }
    return structure
  }
  const operations: OperationSchema[] = []
  const errors: ErrorSchema[] = []
  for (const [key, value] of Object.entries(exported)) {
    if (!key.endsWith('$') || !Array.isArray(value)) continue
    const tuple = tupleOf(value)
    // [9, namespace, name, { http: [method, path, status] } or 0, input, output]
    if (tuple[0] === 9) operations.push(operationOf(tuple, shapeOf))
    else if (tuple[0] === -3) errors.push(errorOf(tuple))
    else shapeOf(tuple)
  }
  return { operations, structures: [...structures.values()], errors }
}

function operationOf(tuple: readonly unknown[], shapeOf: (reference: unknown) => Shape): OperationSchema {
  const name = String(tuple[2])
  const { http, ...others } = tuple[3] as Record<string, unknown>
  const [method, path, status, ...rest] = (http ?? ['POST', '/', 200]) as [string, string, number]
  if (Object.keys(others).length > 0 || rest.length > 0 || tuple.length > 6) throw new Error(`unknown trait of operation ${name}`)
  const [input, output] = [shapeOf(tuple[4]), shapeOf(tuple[5])]
  if (input.kind !== 'structure' || output.kind !== 'structure') throw new Error(`operation ${name} has no structures`)
  return { name, method, path, status, input, output }
}

// [-3, namespace, name, { error: 'client' | 'server', httpError: status, awsQueryError: [code, status] }, member names, member schemas]
function errorOf(tuple: readonly unknown[]): ErrorSchema {
  const { error, httpError, awsQueryError, ...others } = (tuple[3] || {}) as Record<string, unknown>
  if (Object.keys(others).length > 0) throw new Error(`unknown trait of error ${String(tuple[2])}`)
  const [name, names] = [String(tuple[2]), (tuple[4] ?? []) as string[]]
  const [code] = (awsQueryError ?? [name]) as [string]
  return { name, status: Number(httpError ?? (error === 'server' ? 500 : 400)), code, members: names.filter((member) => member !== 'message') }
}

// A member is a schema, or [schema, traits] with traits as bits or as { httpQuery: name }.
function memberOf(member: unknown): { target: unknown; place: Member['place']; wireName?: string } {
  if (!Array.isArray(member) || member.length !== 2) return { target: member, place: 'body' }
  const [target, traits] = member as [unknown, unknown]
  if (typeof traits === 'number') {
    knownBits(traits, httpLabel | sensitive)
    return { target, place: traits & httpLabel ? 'label' : 'body' }
  }
  const { httpQuery, ...others } = traits as Record<string, unknown>
  if (typeof httpQuery !== 'string' || Object.keys(others).length > 0) throw new Error(`unknown member trait ${JSON.stringify(traits)}`)
  return { target, place: 'query', wireName: httpQuery }
}

function simpleShape(code: number): Shape {
  const shape = simple[code & (listOf - 1)]
  if (!shape || code >= mapOf + listOf) throw new Error(`unknown simple schema ${code}`)
  if (code >= mapOf) return { kind: 'map', value: shape }
  return code >= listOf ? { kind: 'list', element: shape } : shape
}

function tupleOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`unknown schema ${String(value)}`)
  return value
}

function knownBits(traits: unknown, known: number): void {
  if (typeof traits !== 'number' || (traits & ~known) !== 0) throw new Error(`unknown traits ${JSON.stringify(traits)}`)
}
