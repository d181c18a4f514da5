// The parts of a mail that came back, read tolerantly and within bounds: broken MIME is the rule here, so nothing is refused.
// What postal-mime and mime-parts.ts do not do: keep reading when a bound is reached, and keep a report apart from the mail that it returns.
import { decodeBytes } from '../encoded-word.ts'
import { type Parameterised, parseParameters } from '../parameters.ts'
import { decodeQuotedPrintable } from '../quoted-printable.ts'
import { feedbackDepthMax, feedbackEntitiesMax, textCharactersMax } from './limits.ts'
import { type Field, readFields, fieldValue } from './read-fields.ts'

/** The mail itself, a part of it, or a message enclosed in it. */
export interface Entity {
  readonly fields: readonly Field[]
  /** Lower case, without parameters. */
  readonly type: string
  readonly parameters: Parameterised['parameters']
  readonly encoding: string
  /** One character for an octet, LF line ends, still encoded. */
  readonly body: string
  /** Parts of a multipart, or the one message of a message/rfc822. */
  readonly children: readonly Entity[]
}

/** The whole mail. @param text LF line ends, one character for an octet. */
export function readEntity(text: string): Entity {
  // A mailbox file's separator, or a From that a system quoted.
  const start = /^>?From [^\n]*\n/.exec(text.slice(0, 1_000))?.[0].length ?? 0
  return readAt(text.slice(start), 'text/plain', 0, { left: feedbackEntitiesMax })
}

function readAt(text: string, defaultType: string, depth: number, count: { left: number }): Entity {
  const empty = text.startsWith('\n') ? 0 : text.indexOf('\n\n')
  const head = empty < 0 ? text : text.slice(0, empty)
  const body = empty < 0 ? '' : text.slice(empty + (empty === 0 ? 1 : 2))
  const fields = readFields(head)
  const { value, parameters } = parseParameters(fieldValue(fields, 'content-type') ?? defaultType)
  const encoding = (fieldValue(fields, 'content-transfer-encoding') ?? '').toLowerCase()
  const type = value === '' || !value.includes('/') ? defaultType : value
  const entity = { fields, type, parameters, encoding, body }
  if (depth >= feedbackDepthMax) return { ...entity, children: [] }
  const children: Entity[] = []
  const childType = type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
  if (type.startsWith('multipart/')) {
    for (const section of sectionsOf(body, parameters.get('boundary') ?? guessBoundary(body), count))
      children.push(readAt(section, childType, depth + 1, count))
  } else if (isMessage(type) && --count.left >= 0) {
    children.push(
      readAt(/^(?:base64|quoted-printable)$/.test(encoding) ? toOctets(decodeTransfer(entity)) : body.replace(/^\n+/, ''), 'text/plain', depth + 1, count),
    )
  }
  return { ...entity, children }
}

/** True for what encloses a whole message (RFC 2046 §5.2.1, RFC 6532 §3.7). */
export function isMessage(type: string): boolean {
  return type === 'message/rfc822' || type === 'message/global' || type === 'message/partial' || type === 'message/news'
}

/** Senders lose the parameter now and then; the first delimiter shows it. */
function guessBoundary(body: string): string | undefined {
  return /(?:^|\n)--([^\s-][^\n]{3,69})\n/.exec(body.slice(0, 4_096))?.[1]?.trimEnd()
}

function sectionsOf(body: string, boundary: string | undefined, count: { left: number }): string[] {
  if (!boundary) return []
  const sections: string[] = []
  const delimiter = `--${boundary.slice(0, 200)}`
  let start = -1
  for (let at = body.startsWith(delimiter) ? 0 : body.indexOf(`\n${delimiter}`); at >= 0; ) {
    const line = at === 0 && body[0] !== '\n' ? 0 : at + 1
    let end = line + delimiter.length
    const closing = body.startsWith('--', end)
    if (closing) end += 2
    while (body[end] === ' ' || body[end] === '\t') end++
    const next = body.indexOf(`\n${delimiter}`, Math.max(end - 1, at + 1))
    // A longer boundary that begins like this one belongs to another multipart.
    if (end >= body.length || body[end] === '\n') {
      if (start >= 0) {
        if (--count.left < 0) return sections
        sections.push(body.slice(start, Math.max(start, line - 1)))
      }
      start = Math.min(end + 1, body.length)
      if (closing) return sections
    }
    at = next
  }
  // Cut off on the way: the last part has no end.
  if (start >= 0 && start < body.length && --count.left >= 0) sections.push(body.slice(start))
  return sections
}

/** The entity and all below it, outermost first; messages that are enclosed only when asked for. */
export function* eachEntity(entity: Entity, intoMessages: boolean): Generator<Entity> {
  yield entity
  if (isMessage(entity.type) && !intoMessages) return
  for (const child of entity.children) yield* eachEntity(child, intoMessages)
}

/** The text of a leaf as people read it, `textCharactersMax` at most; HTML without its tags. */
export function textOf(entity: Entity): string {
  const charset = entity.parameters.get('charset')?.toLowerCase() ?? ''
  const text = decodeText(decodeTransfer({ ...entity, body: entity.body.slice(0, textCharactersMax * 2) }), charset).slice(0, textCharactersMax)
  return entity.type === 'text/html' ? plainOfHtml(text) : text
}

function decodeTransfer({ encoding, body }: Pick<Entity, 'encoding' | 'body'>): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(Buffer.from(body.replaceAll('\n', '\r\n'), 'latin1'))
  return Buffer.from(body, 'latin1')
}

function toOctets(bytes: Buffer): string {
  return withLineFeeds(bytes.toString('latin1'))
}

/** LF alone ends a line. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

function decodeText(bytes: Buffer, charset: string): string {
  const text = bytes.toString('latin1')
  // Japanese reports name no charset, or another.
  if (text.includes('\x1b$')) return withLineFeeds(decodeBytes(bytes, 'iso-2022-jp') ?? text)
  if (!/[\x80-\xff]/.test(text) && !/utf-?16/.test(charset)) return withLineFeeds(text)
  const named = charset === '' || charset === 'us-ascii' || charset === 'unknown-8bit' ? 'utf-8' : charset
  const read = decodeBytes(bytes, named)
  return withLineFeeds(read === undefined || (named === 'utf-8' && read.includes('\ufffd')) ? text : read)
}

const blockTag = /^\/?(?:p|br|div|tr|td|li|ul|ol|table|h[1-6]|hr|pre|title|body|html|blockquote)\b/i
const hiddenTag = /^(?:style|script)\b/i
const characterNames: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'", '#64': '@' }

/** By index: a pattern that begins with `<` would search to the end for each of a million of them. */
function plainOfHtml(html: string): string {
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) break
    pieces.push(html.slice(at, open))
    const close = html.indexOf('>', open)
    if (close < 0) break
    const tag = html.slice(open + 1, Math.min(close, open + 40))
    if (blockTag.test(tag)) pieces.push('\n')
    at = close + 1
    if (hiddenTag.test(tag)) {
      const end = html.indexOf('</', at)
      at = end < 0 ? html.length : end
    } else if (tag.startsWith('!--')) {
      const end = html.indexOf('-->', open)
      at = end < 0 ? at : end + 3
    }
  }
  if (html.indexOf('<', at) < 0) pieces.push(html.slice(at))
  return pieces.join('').replace(/&(#?\w{1,8});/g, (whole, name: string) => characterNames[name.toLowerCase()] ?? whole)
}
