// Blocks: the built-in helpers if, unless, each and with, and sections ({{#name}}), with the semantics of Handlebars 4.
import {
  CompileFault,
  type CompiledProgram,
  compileExpression,
  compileHash,
  compilePath,
  type Expression,
  type ProgramNode,
  type Statement,
} from './compile-expression.ts'
import { isFalsy } from './template-data.ts'
import { type BlockParameters, type Place, type Program, type Run, within } from './template-run.ts'

/** Compiles one block; `compile` is asked for its two programs. */
export function compileBlock(statement: Statement, compile: (node: ProgramNode | undefined) => CompiledProgram): Program {
  const path = compilePath(statement.path)
  const main = nested(compile(statement.program).run)
  const inverse = nested(compile(statement.inverse).run)
  const names = statement.program?.blockParams ?? []
  const block = { main, inverse, names }
  if (!path.simple || !['if', 'unless', 'each', 'with'].includes(path.name)) {
    if (statement.params.length > 0 || statement.hash) throw new CompileFault(`Unknown helper '${path.name.slice(0, 200)}'.`)
    return section(path.required, block)
  }
  const [argument] = statement.params
  if (!argument || statement.params.length !== 1) throw new CompileFault(`#${path.name} takes exactly one argument.`)
  const value = compileExpression(argument)
  switch (path.name) {
    case 'each':
      return (state, place) => each(state, place, value(place), block)
    case 'with':
      return (state, place) => {
        const context = value(place)
        if (isFalsy(context, true)) inverse(state, place)
        else main(state, within(place, context, { parameters: named(names, [context], place.parameters) }))
      }
    default: {
      const zero = compileHash(statement).find(([key]) => key === 'includeZero')?.[1]
      const wanted = path.name === 'if'
      return (state, place) => {
        const holds = !isFalsy(value(place), zero ? Boolean(zero(place)) : false)
        if (holds === wanted) main(state, place)
        else inverse(state, place)
      }
    }
  }
}

interface Block {
  readonly main: Program
  readonly inverse: Program
  readonly names: readonly string[]
}

function nested(run: Program): Program {
  return (state, place) => state.deeper(() => run(state, place))
}

/** `{{#name}}`: true shows, nothing does not, a list repeats, anything else becomes the context. */
function section(value: Expression, block: Block): Program {
  return (state, place) => {
    const context = value(place)
    if (context === true) block.main(state, place)
    else if (context === false || context === null || context === undefined) block.inverse(state, place)
    else if (Array.isArray(context)) each(state, place, context, block)
    else block.main(state, within(place, context))
  }
}

function each(state: Run, place: Place, list: unknown, { main, inverse, names }: Block): void {
  const isList = Array.isArray(list)
  const keys: readonly (string | number)[] = isList ? list.map((_, index) => index) : typeof list === 'object' && list !== null ? Object.keys(list) : []
  if (keys.length === 0) inverse(state, place)
  for (const [index, key] of keys.entries()) {
    state.step()
    const item = (list as Record<string | number, unknown>)[key]
    const variables = { key, index, first: index === 0, last: index === keys.length - 1 }
    main(state, within(place, item, { frame: { variables, up: place.frame }, parameters: named(names, [item, key], place.parameters) }))
  }
}

function named(names: readonly string[], values: readonly unknown[], up: BlockParameters | undefined): BlockParameters | undefined {
  return names.length === 0 ? up : { values: Object.fromEntries(names.map((name, index) => [name, values[index]])), up }
}
