// One run of a compiled template: where it stands (contexts, data variables, block parameters), what it has written, and what it may still do.
// Every statement and round is counted, so that no template runs long or writes much whatever its data are.
import { nestingMax, outputCharactersMax, renderCpuMsMax, stepsMax } from './limits.ts'

/** Ends a run; the words are for the author. */
export class RenderFault extends Error {
  override readonly name = 'RenderFault'
}

/** The contexts from the inside out: `../` goes up. */
export interface Context {
  readonly value: unknown
  readonly up: Context | undefined
}

/** Variables with an at sign; a frame sees those of the frames around it. */
export interface Frame {
  readonly variables: Readonly<Record<string, unknown>>
  readonly up: Frame | undefined
}

/** Names given with `as |name|`. */
export interface BlockParameters {
  readonly values: Readonly<Record<string, unknown>>
  readonly up: BlockParameters | undefined
}

/** Where a program runs. */
export interface Place {
  readonly context: Context
  readonly frame: Frame
  readonly parameters: BlockParameters | undefined
}

/** A block to run somewhere; used for inline partials and partial blocks. */
export interface Partial {
  readonly run: Program
  /** Where it was written: its `../` and block parameters mean that place. */
  readonly home: Place
  /** Partial blocks: the partial block that was in force around it. */
  readonly outer?: Partial | undefined
}

/** Writes to the run. */
export type Program = (run: Run, place: Place) => void

/** The state of one message's rendering; the limits hold for all its parts together. */
export class Run {
  /** Inline partials in force, by name. */
  partials: ReadonlyMap<string, Partial> = new Map()
  /** What `{{> @partial-block}}` means. */
  partialBlock: Partial | undefined
  #out: string[] = []
  #steps = 0
  #characters = 0
  #nesting = 0
  readonly #texts = new WeakMap<object, string>()
  readonly #spentMs: () => number

  /** @param spentMs processor time that the run has taken. */
  constructor(spentMs: () => number) {
    this.#spentMs = spentMs
  }

  /** Counts one statement or round. */
  step(): void {
    const look = (++this.#steps & 63) === 0
    if (this.#steps > stepsMax || (look && this.#spentMs() > renderCpuMsMax)) throw new RenderFault('Rendering the template takes too long.')
  }

  /** Runs `work` one level deeper. */
  deeper(work: () => void): void {
    if (++this.#nesting > nestingMax) throw new RenderFault(`Blocks and partials of the template are nested deeper than ${nestingMax} levels.`)
    work()
    this.#nesting--
  }

  /** Appends. */
  write(text: string): void {
    this.#characters += text.length
    if (this.#characters > outputCharactersMax) throw new RenderFault(`The rendered message is larger than ${outputCharactersMax} characters.`)
    this.#out.push(text)
  }

  /** Appends a value as Handlebars prints it; nothing is escaped. A list is turned into text once, however often it is printed. */
  print(value: unknown): void {
    if (value === null || value === undefined) return
    if (typeof value !== 'object') {
      this.write(String(value))
      return
    }
    const text = this.#texts.get(value) ?? String(value)
    this.#texts.set(value, text)
    this.write(text)
  }

  /** What `work` writes, instead of appending it. Its characters count. */
  capture(work: () => void): string {
    const before = this.#out
    this.#out = []
    work()
    const text = this.#out.join('')
    this.#out = before
    return text
  }
}

/** A place one context further in; the same context is not a level of its own. */
export function within(place: Place, value: unknown, more: { frame?: Frame; parameters?: BlockParameters | undefined } = {}): Place {
  const context = value === place.context.value ? place.context : { value, up: place.context }
  return { context, frame: more.frame ?? place.frame, parameters: more.parameters ?? place.parameters }
}

/** Puts inline partials in force while `work` runs. */
export function withPartials(state: Run, home: Place, partials: ReadonlyMap<string, Program>, work: () => void): void {
  const before = state.partials
  state.partials = new Map([...before, ...[...partials].map(([name, run]) => [name, { run, home }] as const)])
  work()
  state.partials = before
}
