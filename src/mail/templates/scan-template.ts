// A look at a template's text before the parser gets it: the parser's time grows with the square of nesting, so deep ones stop here.
import type { TemplateFault } from './template-data.ts'
import { nestingMax, tagsMax } from './limits.ts'

const tagCharactersMax = 4_000
const subexpressionsMax = 20

/** A piece inside a tag: texts and bracketed names may hold braces. */
const piece = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]|[^"'[]/y

/**
 * The fault of a text that is too involved, or how many tags it has. It finds tags, comments and escapes as the lexer of Handlebars does.
 * @param tagsBefore those of the message's other parts: one bound for all of them.
 */
export function scanTemplate(text: string, tagsBefore: number): TemplateFault | { readonly tags: number } {
  const open: number[] = []
  let depth = 0
  let tags = 0
  let next = 0
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', next)) {
    next = at + 2
    if (tagsBefore + ++tags > tagsMax) return { templateFault: `The template has more than ${tagsMax} tags.` }
    // A backslash before the braces makes them text, two of them do not.
    if (text[at - 1] === '\\' && text[at - 2] !== '\\') continue
    if (text.startsWith('{{{{', at)) return { templateFault: 'Raw blocks are not offered.' }
    const comment = /^\{\{~?!(--)?/.exec(text.slice(at, at + 6))
    if (comment) {
      const end = comment[1] ? /--~?\}\}/g : /\}\}/g
      end.lastIndex = at
      next = end.exec(text) ? end.lastIndex : text.length
      continue
    }
    const tag = readTag(text, next)
    if (tag === undefined) return { templateFault: `A tag of the template is longer than ${tagCharactersMax} characters or has no end.` }
    next += tag.length
    if (tag.split('(').length > subexpressionsMax) return { templateFault: 'A tag of the template has too many subexpressions.' }
    const words = tag.replace(/^[{~]+/, '').trimStart()
    if (words.startsWith('/')) depth -= open.pop() ?? 0
    else if (words.startsWith('#') || /^\^\s*[^\s~}]/.test(words)) {
      open.push(1)
      depth++
    } else if (/^else\s+[^\s~}]/.test(words)) {
      // A chained else is a block inside the block before it.
      open.push((open.pop() ?? 0) + 1)
      depth++
    }
    if (depth > nestingMax) return { templateFault: `Blocks of the template are nested deeper than ${nestingMax} levels.` }
  }
  return { tags }
}

/** What stands between the braces. */
function readTag(text: string, from: number): string | undefined {
  for (let at = from; at < text.length && at - from <= tagCharactersMax; at = piece.lastIndex) {
    if (text.startsWith('}}', at)) return text.slice(from, at)
    piece.lastIndex = at
    if (!piece.test(text)) return undefined
  }
  return undefined
}
