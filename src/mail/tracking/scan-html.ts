// Finds the tags of an HTML document with their places, as the tokenizer of the HTML standard (§13.2.5) cuts it: comments, raw text of scripts and
// styles, quotes. It goes through the text once and builds nothing but the tags that it is asked for, so that everything else can stay byte by byte.
// Leaves to whom: what a tag means. Not followed: the tree builder; inside `svg` and `math` nothing is reported until they end.

import { markupItemsMax } from './limits.ts'

/** An attribute with its places. `valueStart` is behind the quote, `end` behind everything; without a value both places are `end`. */
export interface HtmlAttribute {
  /** Lower case. */
  readonly name: string
  readonly start: number
  readonly end: number
  readonly valueStart: number
  readonly valueEnd: number
  readonly quoted: boolean
}

/** What the scan reports, in the order of the text. */
export interface HtmlVisitor {
  /** A start tag `a` of HTML. */
  anchor(attributes: readonly HtmlAttribute[]): void
  /** An end tag. @param name lower case. */
  endTag(name: string, start: number): void
  /** Characters that are shown as text. */
  text(start: number, end: number): void
}

const rawText = new Set(['script', 'style', 'xmp', 'iframe', 'noembed', 'noframes', 'title', 'textarea'])
const spaces = /[\t\n\f\r ]*/y
const spacesAndSlashes = /[\t\n\f\r /]*/y
const nameEnd = /[\t\n\f\r />]/g
const attributeNameEnd = /[\t\n\f\r />=]/g
const unquotedEnd = /[\t\n\f\r >]/g
const commentEnd = /--!?>/g
const scriptMark = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi

/**
 * Scans `html`; linear in its length.
 * @returns where shown text ends: the length, or the start of what is never closed and swallows the rest (a comment, a tag, a script); -1 when there
 * is more markup than we look at.
 */
export function scanHtml(html: string, visitor: HtmlVisitor): number {
  // Foreign content (§13.2.6.5) has other rules for raw text; nothing in it is ours.
  let foreign = ''
  let foreignDepth = 0
  const budget = { left: markupItemsMax }
  let at = 0
  for (;;) {
    if (budget.left-- <= 0) return -1
    const open = html.indexOf('<', at)
    if (foreign === '') visitor.text(at, open < 0 ? html.length : open)
    if (open < 0) return html.length
    const next = html.charCodeAt(open + 1)
    if (next === 33 || next === 63) {
      const end = endOfMarkup(html, open, foreign !== '')
      if (end < 0) return open
      at = end
      continue
    }
    const isEnd = next === 47
    if (!isLetter(isEnd ? html.charCodeAt(open + 2) : next)) {
      // `</` before anything else is a comment up to `>`; a lone `<` is text.
      at = isEnd && open + 2 < html.length ? html.indexOf('>', open) + 1 : open + 1
      if (at === 0) return open
      if (!isEnd && foreign === '') visitor.text(open, open + 1)
      continue
    }
    const name = readUntil(html, nameEnd, open + (isEnd ? 2 : 1)).toLowerCase()
    const isAnchor = !isEnd && name === 'a' && foreign === ''
    const attributes: HtmlAttribute[] = []
    const end = readAttributes(html, open + (isEnd ? 2 : 1) + name.length, isAnchor ? attributes : undefined, budget)
    if (budget.left <= 0) return -1
    if (end < 0) return open
    at = end
    if (foreign !== '') {
      if (name === foreign && (isEnd || html[end - 2] !== '/')) foreignDepth += isEnd ? -1 : 1
      if (foreignDepth === 0) foreign = ''
    } else if (isEnd) visitor.endTag(name, open)
    else if (isAnchor) visitor.anchor(attributes)
    else if (name === 'svg' || name === 'math') {
      if (html[end - 2] !== '/') [foreign, foreignDepth] = [name, 1]
    } else if (name === 'plaintext') return end
    else if (rawText.has(name)) {
      at = endOfRawText(html, name, end)
      if (at < 0) return open
    }
  }
}

/** Behind a comment, a doctype or another declaration; -1 when it is never closed. */
function endOfMarkup(html: string, open: number, isForeign: boolean): number {
  if (html.startsWith('<!--', open)) {
    if (html[open + 4] === '>') return open + 5
    if (html.startsWith('->', open + 4)) return open + 6
    const found = search(html, commentEnd, open + 4)
    return found < 0 ? -1 : commentEnd.lastIndex
  }
  if (isForeign && html.startsWith('<![CDATA[', open)) {
    const found = html.indexOf(']]>', open)
    return found < 0 ? -1 : found + 3
  }
  return html.indexOf('>', open) + 1 || -1
}

/** Reads attributes up to the tag's end into `into`; answers the place behind `>`, or -1 when there is none. */
function readAttributes(html: string, from: number, into: HtmlAttribute[] | undefined, budget: { left: number }): number {
  let at = from
  while (budget.left-- > 0) {
    at = skip(html, spacesAndSlashes, at)
    if (at >= html.length) return -1
    if (html[at] === '>') return at + 1
    const start = at
    // An equals sign in front belongs to the name.
    const nameStop = search(html, attributeNameEnd, at + 1)
    if (nameStop < 0) return -1
    let end = nameStop
    let [valueStart, valueEnd, quoted] = [end, end, false]
    const equals = skip(html, spaces, end)
    if (html[equals] === '=') {
      valueStart = skip(html, spaces, equals + 1)
      const quote = html[valueStart]
      quoted = quote === '"' || quote === "'"
      if (quoted) valueEnd = html.indexOf(quote as string, ++valueStart)
      else valueEnd = html[valueStart] === '>' ? valueStart : search(html, unquotedEnd, valueStart)
      if (valueEnd < 0) return -1
      end = quoted ? valueEnd + 1 : valueEnd
    }
    into?.push({ name: html.slice(start, nameStop).toLowerCase(), start, end, valueStart, valueEnd, quoted })
    at = end
  }
  return -1
}

/** The place of the end tag that closes raw text; -1 without one. */
function endOfRawText(html: string, name: string, from: number): number {
  if (name !== 'script') return search(html, closing(name), from)
  // §13.2.5.17 to 31: `<!--` makes a second `<script` hide one `</script>`.
  let depth = 0
  for (let found = search(html, scriptMark, from); found >= 0; found = search(html, scriptMark, scriptMark.lastIndex)) {
    const mark = html.slice(found, scriptMark.lastIndex).toLowerCase()
    if (mark === '<!--') {
      if (depth === 0) depth = 1
      scriptMark.lastIndex = found + 2 // Its dashes may end it at once: `<!-->`.
    } else if (mark === '-->') depth = 0
    else if (mark === '<script') depth = depth === 0 ? 0 : 2
    else if (depth === 2) depth = 1
    else return found
  }
  return -1
}

const closings = new Map<string, RegExp>()

function closing(name: string): RegExp {
  const known = closings.get(name) ?? new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi')
  closings.set(name, known)
  return known
}

function search(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(html)?.index ?? -1
}

function readUntil(html: string, pattern: RegExp, from: number): string {
  const end = search(html, pattern, from)
  return html.slice(from, end < 0 ? html.length : end)
}

function skip(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from
  pattern.test(html)
  return Math.max(pattern.lastIndex, from)
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}
