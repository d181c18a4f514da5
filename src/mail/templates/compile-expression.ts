// Expressions of a template as functions of a place: paths, literals, and the one helper that gives a value.
import { hasMember, memberOf } from './template-data.ts'
import { type BlockParameters, type Frame, type Place, type Program, RenderFault } from './template-run.ts'

/** Gives a value; nothing is undefined. */
export type Expression = (place: Place) => unknown

/** Expression nodes as the parser gives them, as far as they are read here. */
export interface Node {
  readonly type: string
}

interface PathNode extends Node {
  readonly original: string
  readonly data: boolean
  readonly depth: number
  readonly parts: readonly string[]
}

/** Statements as the parser gives them. */
export interface Statement extends Node {
  readonly value: string
  readonly path: Node
  readonly name: Node
  readonly params: readonly Node[]
  readonly hash?: { readonly pairs: readonly { readonly key: string; readonly value: Node }[] }
  readonly program?: ProgramNode
  readonly inverse?: ProgramNode
  readonly indent?: string
}

/** A list of statements. */
export interface ProgramNode extends Node {
  readonly body: readonly Statement[]
  readonly blockParams?: readonly string[]
}

/** A compiled list with the partials that it defines. */
export interface CompiledProgram {
  readonly run: Program
  readonly partials: ReadonlyMap<string, Program>
}

/** A path in use, and how it was written. */
export interface Path {
  readonly name: string
  /** One plain name: it may be a helper's. */
  readonly simple: boolean
  readonly data: boolean
  readonly value: Expression
  /** As `value`; refuses when it is not there. */
  readonly required: Expression
}

/** Ends compiling; the words are for the author. */
export class CompileFault extends Error {
  override readonly name = 'CompileFault'
}

/** A literal where a path stands is the name of a member. */
export function compilePath(node: Node): Path {
  if (node.type === 'SubExpression') throw new CompileFault('A subexpression cannot stand here.')
  const path = node as PathNode
  const name = String(path.original)
  const { data, depth, parts } = node.type === 'PathExpression' ? path : { data: false, depth: 0, parts: [name] }
  const scoped = node.type === 'PathExpression' && /^\.|this\b/.test(name)
  const find = data ? findVariable(depth, parts) : findMember(depth, parts, !scoped && depth === 0)
  return {
    name,
    simple: parts.length === 1 && !scoped && depth === 0 && !data,
    data,
    value: (place) => find(place).value,
    required: (place) => {
      const found = find(place)
      if (!found.present) throw new RenderFault(`Attribute '${name.slice(0, 200)}' is not present in the rendering data.`)
      return found.value
    },
  }
}

/** Compiles an argument. */
export function compileExpression(node: Node): Expression {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumberLiteral':
    case 'BooleanLiteral': {
      const { value } = node as Node & { value: unknown }
      return () => value
    }
    case 'UndefinedLiteral':
      return () => undefined
    case 'NullLiteral':
      return () => null
    case 'SubExpression': {
      const call = node as Node & { path: Node; params: readonly Node[] }
      return compileLookup(compilePath(call.path).name, call.params)
    }
    default:
      return compilePath(node).value
  }
}

/** `lookup object name`. */
export function compileLookup(name: string, params: readonly Node[]): Expression {
  if (name !== 'lookup') throw new CompileFault(`Unknown helper '${name.slice(0, 200)}'.`)
  const [object, member] = params.map(compileExpression)
  if (!object || !member || params.length !== 2) throw new CompileFault('lookup takes two arguments.')
  return (place) => {
    const parent = object(place)
    return parent ? memberOf(parent, String(member(place))) : parent
  }
}

/** The arguments given by name. */
export function compileHash(statement: Statement): readonly (readonly [string, Expression])[] {
  return (statement.hash?.pairs ?? []).map(({ key, value }) => [key, compileExpression(value)] as const)
}

interface Found {
  readonly present: boolean
  readonly value: unknown
}

function walk(start: unknown, parts: readonly string[], from: number): Found {
  let value = start
  for (let index = from; index < parts.length; index++) {
    const name = parts[index] ?? ''
    if (!hasMember(value, name)) return { present: false, value: undefined }
    value = (value as Record<string, unknown>)[name]
  }
  return { present: true, value }
}

function findMember(depth: number, parts: readonly string[], mayBeParameter: boolean): (place: Place) => Found {
  return ({ context, parameters }) => {
    const [first = ''] = parts
    for (let named: BlockParameters | undefined = mayBeParameter ? parameters : undefined; named; named = named.up)
      if (Object.hasOwn(named.values, first)) return walk(named.values[first], parts, 1)
    let level = context
    for (let left = depth; left > 0; left--) {
      if (!level.up) return { present: false, value: undefined }
      level = level.up
    }
    return walk(level.value, parts, 0)
  }
}

function findVariable(depth: number, parts: readonly string[]): (place: Place) => Found {
  return ({ frame }) => {
    let level: Frame | undefined = frame
    for (let left = depth; left > 0; left--) level = level?.up
    for (; level; level = level.up) if (Object.hasOwn(level.variables, parts[0] ?? '')) return walk(level.variables[parts[0] ?? ''], parts, 1)
    return { present: false, value: undefined }
  }
}
