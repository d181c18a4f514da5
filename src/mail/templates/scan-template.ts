// A look at a template's text before the parser gets it: the parser's time grows with the square of nesting, so deep ones stop here.
import type { TemplateFault } from './template-data.ts'
import { nestingMax, tagsMax } from './limits.ts'

const tagCharactersMax = 4_000
const subexpressionsMax = 20

/** The fault of a text that is too involved, or undefined. It may be fooled by comments; the watchdog of the render thread may not. */
export function scanTemplate(text: string): TemplateFault | undefined {
  const open: number[] = []
  let depth = 0
  let tags = 0
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at + 2)) {
    if (++tags > tagsMax) return { templateFault: `The template has more than ${tagsMax} tags.` }
    while (text.charCodeAt(at + 2) === 0x7b) at++
    const close = text.indexOf('}}', at + 2)
    const isComment = /^~?!/.test(text.slice(at + 2, at + 4))
    const end = close < 0 ? text.length : close
    if (!isComment && end - at > tagCharactersMax) return { templateFault: `A tag of the template is longer than ${tagCharactersMax} characters.` }
    if (isComment) continue
    const tag = text
      .slice(at + 2, end)
      .replace(/^~/, '')
      .trimStart()
    if (tag.split('(').length > subexpressionsMax) return { templateFault: 'A tag of the template has too many subexpressions.' }
    if (tag.startsWith('/')) depth -= open.pop() ?? 0
    else if (tag.startsWith('#') || /^\^\s*[^\s~}]/.test(tag)) {
      open.push(1)
      depth++
    } else if (/^else\s+[^\s~}]/.test(tag)) {
      // A chained else is a block inside the block before it.
      open.push((open.pop() ?? 0) + 1)
      depth++
    }
    if (depth > nestingMax) return { templateFault: `Blocks of the template are nested deeper than ${nestingMax} levels.` }
  }
  return undefined
}
