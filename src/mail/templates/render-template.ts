// Templates in SES's subset of Handlebars: compile once, render many times. Pure; the thread that may be ended when this runs too long is
// intake/render-thread.ts. Source: ses.md §9. Text only comes in: a tree of a stranger would be code.
import Handlebars from 'handlebars'
import { CompileFault, type ProgramNode } from './compile-expression.ts'
import { compileProgram } from './compile-program.ts'
import { scanTemplate } from './scan-template.ts'
import { isTemplateFault, readTemplateData, type TemplateFault } from './template-data.ts'
import { type Program, RenderFault, Run } from './template-run.ts'

/** The three parts of a template, or of what became of it; an absent part is undefined. */
export interface TemplateParts {
  readonly subject: string | undefined
  readonly text: string | undefined
  readonly html: string | undefined
}

/** Ready to run. */
export interface CompiledTemplate {
  readonly subject: Program | undefined
  readonly text: Program | undefined
  readonly html: Program | undefined
}

/** Compiles the parts. */
export function compileTemplate(parts: TemplateParts): CompiledTemplate | TemplateFault {
  let tags = 0
  for (const part of [parts.subject, parts.text, parts.html]) {
    const scanned = part === undefined ? { tags: 0 } : scanTemplate(part, tags)
    if (isTemplateFault(scanned)) return scanned
    tags += scanned.tags
  }
  try {
    const [subject, text, html] = [compilePart(parts.subject), compilePart(parts.text), compilePart(parts.html)]
    return { subject, text, html }
  } catch (fault) {
    if (fault instanceof CompileFault) return { templateFault: fault.message }
    if (fault instanceof RangeError) return { templateFault: 'The template is nested too deeply.' }
    return { templateFault: `The template cannot be read: ${(fault as Error).message.split('\n')[0]?.slice(0, 200) ?? ''}` }
  }
}

/** Renders all parts with one budget. @param dataTexts JSON objects; later ones replace top-level keys of earlier ones. @param spentMs processor time since the call. */
export function renderTemplate(template: CompiledTemplate, dataTexts: readonly string[], spentMs = () => 0): TemplateParts | TemplateFault {
  const data = readTemplateData(dataTexts)
  if (isTemplateFault(data)) return data
  const run = new Run(spentMs)
  const place = { context: { value: data, up: undefined }, frame: { variables: { root: data }, up: undefined }, parameters: undefined }
  const render = (part: Program | undefined) => part && run.capture(() => part(run, place))
  try {
    return { subject: render(template.subject), text: render(template.text), html: render(template.html) }
  } catch (fault) {
    if (fault instanceof RenderFault) return { templateFault: fault.message }
    if (fault instanceof RangeError) return { templateFault: 'The template or its data are nested too deeply.' }
    // Whatever a template makes of its data is the template's fault; a message must not end the thread of all others.
    return { templateFault: 'The template could not be rendered with this data.' }
  }
}

function compilePart(part: string | undefined): Program | undefined {
  return part === undefined ? undefined : compileProgram(Handlebars.parse(part) as unknown as ProgramNode).run
}
