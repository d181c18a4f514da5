// Makes a message 7-bit with lines of at most 998 octets before it is stored, so that no hop re-encodes it and no signature breaks.
// RFC 6152, RFC 2045 §6, RFC 5322 §2.1.1. Only parts that need it are touched; multiparts and enclosed messages are walked into.
import { isAscii, isUtf8 } from 'node:buffer'
import { formatMailboxList, isFault, parseMailboxList } from './addresses.ts'
import { encodeUnstructured } from './encoded-word.ts'
import { type HeaderField, unfold } from './header-fields.ts'
import { lineBytesMax } from './limits.ts'
import { toLines } from './lines.ts'
import type { MimeFault, MimePart } from './mime-parts.ts'
import { formatParameter, parseParameters } from './parameters.ts'
import { decodeQuotedPrintable, encodeBase64Lines, encodeQuotedPrintable, prefersQuotedPrintable } from './quoted-printable.ts'

const addressFields = new Set(['from', 'sender', 'reply-to', 'to', 'cc', 'bcc', 'disposition-notification-to', 'errors-to', 'return-receipt-to'])
const parameterFields = new Set(['content-type', 'content-disposition'])
const wordless = new Set([
  'content-transfer-encoding',
  'content-id',
  'mime-version',
  'message-id',
  'in-reply-to',
  'references',
  'date',
  'dkim-signature',
  'received',
])

/** An entity that is fit for the wire. */
export interface Normalised {
  readonly fields: readonly HeaderField[]
  readonly body: Buffer
}

/** True for a fault. */
export function isMimeFault(value: object): value is MimeFault {
  return 'fault' in value
}

/**
 * Rewrites what is not plain in `part`, under `fields` (the message's own header, from which fields may have been taken out).
 */
export function normalise(part: MimePart, fields: readonly HeaderField[] = part.fields): Normalised | MimeFault {
  if (part.malformedLine !== undefined) return { fault: 'A header line of a MIME part is malformed.' }
  const header: HeaderField[] = []
  for (const field of fields) {
    const plain = plainField(field)
    if (isMimeFault(plain)) return plain
    header.push(plain)
  }
  // First of all: nothing below a plain body is written anew, because a signature may cover every byte of it.
  if (isPlain(part.body)) return { fields: claims7Bit(part.encoding) ? withEncoding(header, '7bit', false) : header, body: part.body }
  // RFC 8551 §3.1.3, RFC 3156 §5: what is signed must be 7-bit already; another encoding of it would read as forged.
  if (part.contentType.value === 'multipart/signed' && !isPlainEntity(part.children[0]))
    return { fault: 'A signed part has characters or lines that cannot be sent: sign it in a 7-bit encoding.' }
  if (part.children.length > 0) return normaliseChildren(part, header)
  return normaliseLeaf(part, header)
}

/** One field as it may stand on the wire: ASCII, lines of at most 998 octets. */
export function plainField(field: HeaderField): HeaderField | MimeFault {
  const { name, lower, value } = field
  if (/^[\t\r\n -~]*$/.test(value) && linesFit(value, name.length + 1)) return field
  if (value.includes('\0')) return { fault: `Header '${name}' contains a NUL character.` }
  const text = readText(unfold(value))
  let encoded: string
  if (addressFields.has(lower)) {
    const mailboxes = parseMailboxList(text, 'flatten')
    if (isFault(mailboxes)) return mailboxes
    encoded = formatMailboxList(mailboxes, name.length + 2)
  } else if (parameterFields.has(lower)) {
    const { value: kind, parameters } = parseParameters(text)
    encoded = kind + [...parameters].map(([key, content]) => formatParameter(key, content)).join('')
  } else encoded = wordless.has(lower) ? text.replace(/ +/g, '\r\n ') : encodeUnstructured(text, name.length + 2)
  if (!/^[\t\r\n -~]*$/.test(encoded) || !linesFit(encoded, name.length + 2))
    return { fault: `Header '${name}' has characters or a length that cannot be sent.` }
  return { name, lower, value: ` ${encoded}` }
}

function normaliseChildren(part: MimePart, header: HeaderField[]): Normalised | MimeFault {
  const fields = claims7Bit(part.encoding) ? withEncoding(header, '7bit', false) : header
  const enclosed = part.contentType.value === 'message/rfc822'
  const delimiter = `--${part.contentType.parameters.get('boundary') ?? ''}`
  if (!enclosed && !/^[ -~]+$/.test(delimiter)) return { fault: 'The boundary of a multipart has characters that cannot be sent.' }
  const pieces: Buffer[] = []
  // A preamble or epilogue is shown to nobody: one that cannot stay is left out.
  if (!enclosed && isPlain(part.preamble)) pieces.push(part.preamble)
  for (const child of part.children) {
    const entity = normalise(child)
    if (isMimeFault(entity)) return entity
    if (!enclosed) pieces.push(Buffer.from(`${delimiter}\r\n`, 'latin1'))
    pieces.push(Buffer.from(`${writeFields(entity.fields)}\r\n`, 'latin1'), entity.body)
    if (!enclosed) pieces.push(Buffer.from('\r\n', 'latin1'))
  }
  if (!enclosed) pieces.push(Buffer.from(`${delimiter}--\r\n`, 'latin1'))
  return { fields, body: Buffer.concat(pieces) }
}

function normaliseLeaf(part: MimePart, header: HeaderField[]): Normalised | MimeFault {
  const { contentType, encoding } = part
  if (contentType.value.startsWith('multipart/')) return { fault: 'A multipart has no part, but characters or lines that cannot be sent.' }
  if (encoding === 'base64') return { fields: header, body: Buffer.from(encodeBase64Lines(Buffer.from(part.body.toString('latin1'), 'base64')), 'latin1') }
  if (encoding !== 'quoted-printable' && !claims7Bit(encoding) && encoding !== '7bit') return { fault: `Content-Transfer-Encoding '${encoding}' is not known.` }
  const content = encoding === 'quoted-printable' ? decodeQuotedPrintable(part.body) : part.body
  const isText = contentType.value.startsWith('text/') || contentType.value.startsWith('message/')
  const lines = isText ? toLines(content).bytes : content
  const quoted = isText && prefersQuotedPrintable(lines)
  // toLines ends the last line; a part whose last line had no end gets none.
  const last = content[content.length - 1]
  const ended = isText && content.length > 0 && last !== 10 && last !== 13 ? lines.subarray(0, -2) : lines
  const text = quoted ? encodeQuotedPrintable(ended, 'text') : encodeBase64Lines(ended)
  return { fields: withCharset(withEncoding(header, quoted ? 'quoted-printable' : 'base64', true), part), body: Buffer.from(text, 'latin1') }
}

/** RFC 2045 §6.4: 8bit and binary promise something that is no longer true. */
function claims7Bit(encoding: string): boolean {
  return encoding === '8bit' || encoding === 'binary'
}

function withEncoding(fields: HeaderField[], encoding: string, add: boolean): HeaderField[] {
  const made = { name: 'Content-Transfer-Encoding', lower: 'content-transfer-encoding', value: ` ${encoding}` }
  if (fields.some(({ lower }) => lower === made.lower)) return fields.map((field) => (field.lower === made.lower ? made : field))
  return add ? [...fields, made] : fields
}

/** 8-bit text without a declared charset is declared as what it can only be, or as unknown (RFC 1428). */
function withCharset(fields: HeaderField[], part: MimePart): HeaderField[] {
  const { value, parameters } = part.contentType
  if (!value.startsWith('text/') || parameters.has('charset') || part.encoding === 'quoted-printable' || isAscii(part.body)) return fields
  const charset = isUtf8(part.body) ? 'utf-8' : 'unknown-8bit'
  const declared = [...parameters, ['charset', charset] as const].map(([name, content]) => formatParameter(name, content)).join('')
  const made = { name: 'Content-Type', lower: 'content-type', value: ` ${value}${declared}` }
  return fields.some(({ lower }) => lower === made.lower) ? fields.map((field) => (field.lower === made.lower ? made : field)) : [...fields, made]
}

/** Field lines, each with its CRLF. */
export function writeFields(fields: readonly HeaderField[]): string {
  let text = ''
  for (const { name, value } of fields) text += `${name}:${value}\r\n`
  return text
}

function isPlainEntity(part: MimePart | undefined): boolean {
  return part === undefined || (isPlain(part.body) && part.fields.every((field) => plainField(field) === field))
}

function isPlain(body: Buffer): boolean {
  if (!isAscii(body) || body.includes(0)) return false
  let start = 0
  while (body.length - start > lineBytesMax) {
    // The last end within reach: what lies before it has short lines, however many. A look at each line would cost seconds with millions.
    const end = body.lastIndexOf('\r\n', start + lineBytesMax)
    if (end < start) return false
    start = end + 2
  }
  return true
}

function linesFit(value: string, used: number): boolean {
  if (value.length + used <= lineBytesMax) return true
  return value.split('\r\n').every((line, index) => line.length + (index === 0 ? used : 0) <= lineBytesMax)
}

/** The characters of a value that came as octets: UTF-8 where that is what they are, otherwise Latin-1. */
export function readText(value: string): string {
  if (/^[\0-\x7f]*$/.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}
