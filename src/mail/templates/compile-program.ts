// From the parser's tree to functions: SES's subset of Handlebars. if, unless, each, with, lookup, sections, inline partials and partial blocks; other helpers are refused here.
// Rejected: the generated code of Handlebars itself. It takes 20 ms for a thousand tags, cannot count what it does, and its strict mode speaks other words.
import { CompileFault, type CompiledProgram, compileLookup, compilePath, type Node, type ProgramNode, type Statement } from './compile-expression.ts'
import { nestingMax } from './limits.ts'
import { compileBlock } from './compile-block.ts'
import { compilePartial } from './compile-partial.ts'
import { type Program, withPartials } from './template-run.ts'

/** Tags that a later step replaces: they stay as they are. */
const lateTags = new Set(['amazonSESUnsubscribeUrl', 'ses:openTracker'])

/** Compiles; @throws CompileFault. */
export function compileProgram(node: ProgramNode | undefined, depth = 0): CompiledProgram {
  if (depth > nestingMax) throw new CompileFault(`Blocks of the template are nested deeper than ${nestingMax} levels.`)
  const partials = new Map<string, Program>()
  const steps: Program[] = []
  for (const statement of node?.body ?? []) {
    if (statement.type === 'DecoratorBlock') partials.set(inlineName(statement), compileProgram(statement.program, depth + 1).run)
    else {
      const step = compileStatement(statement, depth)
      if (step) steps.push(step)
    }
  }
  const run: Program = (state, place) => {
    for (const step of steps) {
      state.step()
      step(state, place)
    }
  }
  return { partials, run: partials.size === 0 ? run : (state, place) => withPartials(state, place, partials, () => run(state, place)) }
}

function compileStatement(statement: Statement, depth: number): Program | undefined {
  switch (statement.type) {
    case 'CommentStatement':
      return undefined
    case 'ContentStatement': {
      const { value } = statement
      return value === '' ? undefined : (state) => state.write(value)
    }
    case 'MustacheStatement':
      return compileMustache(statement)
    case 'BlockStatement':
      return compileBlock(statement, (node) => compileProgram(node, depth + 1))
    case 'PartialStatement':
    case 'PartialBlockStatement':
      return compilePartial(statement, (node) => compileProgram(node, depth + 1))
    default:
      throw new CompileFault('Decorators other than inline are not offered.')
  }
}

function compileMustache(statement: Statement): Program {
  const path = compilePath(statement.path)
  const plain = statement.params.length === 0 && !statement.hash
  if (plain && lateTags.has(path.name)) return (state) => state.write(`{{${path.name}}}`)
  if (path.simple && path.name === 'lookup') {
    const value = compileLookup('lookup', statement.params)
    return (state, place) => state.print(value(place))
  }
  if (path.simple && ['if', 'unless', 'each', 'with'].includes(path.name)) throw new CompileFault(`'${path.name}' must be a block: {{#${path.name}}}.`)
  if (!plain) throw new CompileFault(`Unknown helper '${path.name.slice(0, 200)}'.`)
  return (state, place) => state.print(path.required(place))
}

function inlineName({ path, params }: Statement): string {
  const [name] = params
  if (compilePath(path).name !== 'inline' || params.length !== 1 || name?.type !== 'StringLiteral')
    throw new CompileFault('A decorator must have the form {{#*inline "name"}}.')
  return (name as Node & { value: string }).value
}
