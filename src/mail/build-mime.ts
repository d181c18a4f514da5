// Builds the MIME body and the content fields of a message from text, HTML and files (SES `Simple`).
// RFC 2045 to 2049, 2183, 2231, 2387. Output is ASCII with CRLF lines of at most 998 octets; no value can bring a line break
// into the header, because every value is checked or encoded on the way in.
// Leaves to whom: Message-ID, Date and Feedback-ID are the caller's; one header block is written by `writeFields`.
import { isAscii } from 'node:buffer'
import type { Attachment, ContentPart, SimpleContent } from '../model/message.ts'
import { formatMailboxList, type Mailbox } from './addresses.ts'
import { encodeUnstructured } from './encoded-word.ts'
import type { HeaderField } from './header-fields.ts'
import { toLines } from './lines.ts'
import type { MimeFault } from './mime-parts.ts'
import { formatParameter } from './parameters.ts'
import { encodeBase64Lines, encodeQuotedPrintable, prefersQuotedPrintable } from './quoted-printable.ts'

/** What one message is built from. Bcc is not here: it never stands in a header. */
export interface Composition {
  readonly from: Mailbox
  readonly replyTo: readonly Mailbox[]
  readonly to: readonly Mailbox[]
  readonly cc: readonly Mailbox[]
  readonly content: SimpleContent
}

/** Fields in order, and the body as latin1 text. */
export interface BuiltMessage {
  readonly fields: readonly HeaderField[]
  readonly body: string
}

/** One entity under way: its own field lines without the last CRLF, and its body. */
interface Entity {
  readonly fields: readonly HeaderField[]
  readonly body: string
}

/**
 * Builds the message.
 * @param seed at least 16 hex digits of chance for the boundaries, asked once and only when there is one. `=_` in a boundary
 * cannot occur in base64 or quoted-printable.
 */
export function buildMime(composition: Composition, seed: () => string): BuiltMessage | MimeFault {
  const { content } = composition
  for (const value of [content.subject.data, ...content.headers.map((header) => header.value)]) {
    if (/[\r\n\0]/.test(value)) return { fault: 'A header value contains a line break or a NUL character.' }
  }
  const root = buildContent(content, seed)
  if ('fault' in root) return root
  const fields = [addresses('From', [composition.from])]
  if (composition.replyTo.length > 0) fields.push(addresses('Reply-To', composition.replyTo))
  if (composition.to.length > 0) fields.push(addresses('To', composition.to))
  if (composition.cc.length > 0) fields.push(addresses('Cc', composition.cc))
  fields.push(field('Subject', encodeUnstructured(content.subject.data, 'Subject: '.length)))
  for (const { name, value } of content.headers) fields.push(field(name, value))
  fields.push(field('MIME-Version', '1.0'), ...root.fields)
  return { fields, body: root.body.endsWith('\r\n') ? root.body : `${root.body}\r\n` }
}

/** text and HTML are alternatives; files inside the HTML are related to it; other files are mixed in. */
function buildContent(content: SimpleContent, makeSeed: () => string): Entity | MimeFault {
  const seed = content.attachments.length > 0 || (content.text && content.html) ? makeSeed() : ''
  const inline = content.html ? content.attachments.filter(({ disposition }) => disposition === 'INLINE') : []
  const mixed = content.attachments.filter((attachment) => !inline.includes(attachment))
  const files: Entity[] = []
  for (const attachment of [...inline, ...mixed]) {
    const entity = attachmentEntity(attachment)
    if ('fault' in entity) return entity
    files.push(entity)
  }
  const text = content.text && textEntity('plain', content.text)
  const htmlAlone = content.html && textEntity('html', content.html)
  const html =
    htmlAlone && inline.length > 0 ? multipart('related', `=_r${seed}`, [htmlAlone, ...files.slice(0, inline.length)], '; type="text/html"') : htmlAlone
  const body = text && html ? multipart('alternative', `=_a${seed}`, [text, html]) : (html ?? text ?? textEntity('plain', { data: '', charset: undefined }))
  if (mixed.length === 0) return body
  const parts = [body, ...files.slice(inline.length)]
  const { reportType } = content
  return reportType === undefined ? multipart('mixed', `=_m${seed}`, parts) : multipart('report', `=_m${seed}`, parts, `;\r\n report-type=${reportType}`)
}

function multipart(kind: string, boundary: string, parts: readonly Entity[], more = ''): Entity {
  let body = ''
  for (const part of parts) {
    body += `--${boundary}\r\n`
    for (const { name, value } of part.fields) body += `${name}:${value}\r\n`
    body += `\r\n${part.body}\r\n`
  }
  return { fields: [field('Content-Type', `multipart/${kind};\r\n boundary="${boundary}"${more}`)], body: `${body}--${boundary}--\r\n` }
}

function textEntity(kind: 'plain' | 'html', part: ContentPart): Entity {
  const { bytes, charset } = encodeCharset(part)
  const { bytes: lines, plain } = toLines(bytes)
  // toLines ends the last line; text that had no end gets none, so that the reader sees what was given.
  const content = /[\r\n]$/.test(part.data) ? lines : lines.subarray(0, -2)
  const type = field('Content-Type', `text/${kind}; charset=${charset}`)
  if (plain) return { fields: [type, field('Content-Transfer-Encoding', '7bit')], body: content.toString('latin1') }
  if (prefersQuotedPrintable(content))
    return { fields: [type, field('Content-Transfer-Encoding', 'quoted-printable')], body: encodeQuotedPrintable(content, 'text') }
  return { fields: [type, field('Content-Transfer-Encoding', 'base64')], body: encodeBase64Lines(content) }
}

/** The bytes in the named charset when it can carry the text, otherwise in UTF-8. */
function encodeCharset({ data, charset }: ContentPart): { bytes: Buffer; charset: string } {
  const name = charset?.trim().toLowerCase()
  if (name === 'us-ascii' || name === 'ascii' || name === '7bit') {
    const bytes = Buffer.from(data, 'utf8')
    if (isAscii(bytes)) return { bytes, charset: 'US-ASCII' }
    return { bytes, charset: 'UTF-8' }
  }
  if ((name === 'iso-8859-1' || name === 'latin1') && /^[\0-\xff]*$/.test(data)) return { bytes: Buffer.from(data, 'latin1'), charset: 'ISO-8859-1' }
  return { bytes: Buffer.from(data, 'utf8'), charset: 'UTF-8' }
}

function attachmentEntity(attachment: Attachment): Entity | MimeFault {
  const { fileName, contentType, contentId, description, disposition } = attachment
  for (const value of [fileName, contentType, contentId, description])
    if (value !== undefined && /[\r\n\0]/.test(value))
      return { fault: `A value of the attachment '${visible(fileName)}' contains a line break or a NUL character.` }
  const type = contentType?.trim() || 'application/octet-stream'
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[ -~]*)?$/.test(type) || /^multipart\//i.test(type)) return { fault: `Invalid content type '${visible(type)}'.` }
  const id = contentId?.replace(/^<|>$/g, '')
  if (id !== undefined && !/^[!-;=?-~]+$/.test(id)) return { fault: `Invalid content id '${visible(id)}'.` }
  const { encoding, body } = encodeFile(attachment)
  const fields = [
    field('Content-Type', /;\s*name\*?\s*=/i.test(type) ? type : type + formatParameter('name', fileName)),
    field('Content-Transfer-Encoding', encoding),
    field('Content-Disposition', (disposition === 'INLINE' ? 'inline' : 'attachment') + formatParameter('filename', fileName)),
  ]
  if (description) fields.push(field('Content-Description', encodeUnstructured(description, 'Content-Description: '.length)))
  if (id !== undefined) fields.push(field('Content-ID', `<${id}>`))
  return { fields, body }
}

/** The caller's encoding where it can carry the bytes unchanged; SES would replace what SEVEN_BIT cannot carry, we use base64. */
function encodeFile({ content, transferEncoding }: Attachment): { encoding: string; body: string } {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (transferEncoding === 'QUOTED_PRINTABLE') return { encoding: 'quoted-printable', body: encodeQuotedPrintable(bytes, 'binary') }
  if (transferEncoding !== 'BASE64' && isAscii(bytes)) {
    const { bytes: lines, plain } = toLines(bytes)
    const unchanged = lines === bytes || (lines.length === bytes.length + 2 && lines.subarray(0, -2).equals(bytes))
    if (plain && unchanged) return { encoding: '7bit', body: bytes.toString('latin1') }
  }
  return { encoding: 'base64', body: encodeBase64Lines(bytes) }
}

function field(name: string, value: string): HeaderField {
  return { name, lower: name.toLowerCase(), value: ` ${value}` }
}

function addresses(name: string, mailboxes: readonly Mailbox[]): HeaderField {
  return field(name, formatMailboxList(mailboxes, name.length + 2))
}

function visible(text: string): string {
  return text.replace(/[^ -~]/g, '?').slice(0, 100)
}
