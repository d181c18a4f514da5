// The render thread: compiles and renders templates away from the thread that serves everyone. Started as a worker by template-renderer.ts,
// which ends it when it is silent for too long.
import { hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { LRUCache } from 'lru-cache'
import { isTemplateFault, type TemplateFault } from '../mail/templates/template-data.ts'
import { type CompiledTemplate, compileTemplate, renderTemplate, type TemplateParts } from '../mail/templates/render-template.ts'
import { compiledCharactersMax, renderPieceCharactersMax, renderPieceMsMax } from './limits.ts'

/** One template with the data of each message; `dataTexts` of a message are laid over the default's. */
export interface RenderWork {
  readonly template: TemplateParts
  readonly defaultDataText: string
  readonly dataTexts: readonly string[]
}

/** A fault of the template itself, or what became of the first messages: at least one, all when there is time. */
export type RenderedPiece = TemplateFault | readonly (TemplateParts | TemplateFault)[]

const compiled = new LRUCache<string, CompiledTemplate>({ maxSize: compiledCharactersMax })

parentPort?.on('message', (work: RenderWork) => parentPort?.postMessage(renderPiece(work)))
// From now on silence counts.
parentPort?.postMessage('ready')

function renderPiece({ template, defaultDataText, dataTexts }: RenderWork): RenderedPiece {
  const ready = findCompiled(template)
  if (isTemplateFault(ready)) return ready
  const began = performance.now()
  const rendered: (TemplateParts | TemplateFault)[] = []
  let characters = 0
  for (const dataText of dataTexts) {
    const before = cpuMs()
    const parts = renderTemplate(ready, [defaultDataText, dataText], () => cpuMs() - before)
    rendered.push(parts)
    if (!isTemplateFault(parts)) characters += sizeOf(parts)
    if (characters > renderPieceCharactersMax || performance.now() - began > renderPieceMsMax) break
  }
  return rendered
}

/** Of this thread alone. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/** By content, so that a changed template is another one and two names of one text are the same. */
function findCompiled(template: TemplateParts): CompiledTemplate | TemplateFault {
  const key = hash('sha256', JSON.stringify([template.subject ?? null, template.text ?? null, template.html ?? null]), 'base64')
  const known = compiled.get(key)
  if (known) return known
  const made = compileTemplate(template)
  if (!isTemplateFault(made)) compiled.set(key, made, { size: sizeOf(template) + 1 })
  return made
}

function sizeOf({ subject, text, html }: TemplateParts): number {
  return (subject?.length ?? 0) + (text?.length ?? 0) + (html?.length ?? 0)
}
