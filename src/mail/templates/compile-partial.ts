// Partials: only those that the template defines inline, and the block that a partial was called with.
import { type CompiledProgram, compileExpression, compileHash, compilePath, type ProgramNode, type Statement } from './compile-expression.ts'
import { plainPrototype } from './template-data.ts'
import { type Place, type Program, RenderFault, type Run, within, withPartials } from './template-run.ts'

/** Compiles a call; a partial block stands in when the partial is not there. */
export function compilePartial(statement: Statement, compile: (node: ProgramNode | undefined) => CompiledProgram): Program {
  const isBlock = statement.type === 'PartialBlockStatement'
  const block = isBlock ? compile(statement.program) : undefined
  const isSubexpression = statement.name.type === 'SubExpression'
  const path = isSubexpression ? undefined : compilePath(statement.name)
  const dynamic = isSubexpression ? compileExpression(statement.name) : undefined
  const asksForBlock = path?.data === true && path.name === '@partial-block'
  const [argument] = statement.params
  const context = argument && compileExpression(argument)
  const hash = compileHash(statement)
  const call: Program = (state, place) => {
    const name = dynamic ? String(dynamic(place)) : (path?.name ?? '')
    const partial = asksForBlock ? state.partialBlock : state.partials.get(name)
    if (!partial) {
      if (block) return block.run(state, place)
      throw new RenderFault(`The partial ${name.slice(0, 200)} could not be found.`)
    }
    const given = context ? context(place) : place.context.value
    const value = hash.length === 0 ? given : extended(given, hash, place)
    const home: Place = { ...partial.home, frame: place.frame }
    inBlock(state, asksForBlock ? partial.outer : block ? { run: block.run, home: place, outer: state.partialBlock } : state.partialBlock, () =>
      block && block.partials.size > 0
        ? withPartials(state, place, block.partials, () => partial.run(state, within(home, value)))
        : partial.run(state, within(home, value)),
    )
  }
  const { indent } = statement
  return (state, place) =>
    state.deeper(() =>
      indent
        ? state.write(
            indented(
              state.capture(() => call(state, place)),
              indent,
            ),
          )
        : call(state, place),
    )
}

function inBlock(state: Run, partialBlock: Run['partialBlock'], work: () => void): void {
  const before = state.partialBlock
  state.partialBlock = partialBlock
  work()
  state.partialBlock = before
}

function extended(given: unknown, hash: readonly (readonly [string, (place: Place) => unknown])[], place: Place): object {
  const own = typeof given === 'object' && given !== null ? given : {}
  return Object.assign(Object.create(plainPrototype), own, Object.fromEntries(hash.map(([key, value]) => [key, value(place)])))
}

/** Each line of a partial that stands alone on its line is indented as the call is. */
function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line, index, all) => (line === '' && index === all.length - 1 ? '' : indent + line))
    .join('\n')
}
