// The tree of parts of a MIME message; bytes are kept, nothing is decoded. RFC 2046 §5.
// Input has CRLF line ends (mail/lines.ts). Broken MIME is read as mail programs read it: an unclosed part ends with its parent.
import { headerBytesMax, mimeDepthMax, strayDelimitersMax } from './limits.ts'
import { type HeaderField, parseHeader, unfold } from './header-fields.ts'
import { fileNamesOf, type Parameterised, parseParameters } from './parameters.ts'

/** One entity: the message itself or a part of it. */
export interface MimePart {
  readonly fields: readonly HeaderField[]
  /** A header line that could not be read; a part with one is never rewritten. */
  readonly malformedLine: string | undefined
  readonly contentType: Parameterised
  /** Lower case; `7bit` when the field is missing. */
  readonly encoding: string
  /** Names under which the part would be saved. */
  readonly fileNames: readonly string[]
  /** The body's bytes; a part's last CRLF belongs to the delimiter behind it. */
  readonly body: Buffer
  /** Parts of a multipart with a boundary, or the one enclosed message of an unencoded message/rfc822. */
  readonly children: readonly MimePart[]
  /** Text in front of the first delimiter of a multipart. */
  readonly preamble: Buffer
}

/** Why a message is not taken. */
export interface MimeFault {
  readonly fault: string
}

/** What is left of the bounds, for the whole tree. */
interface Count {
  left: number
  strays: number
}

const nothing = Buffer.alloc(0)

/**
 * Reads the tree under a header that is parsed already.
 * @param partsMax parts of the whole tree, multiparts and enclosed messages counted, the message itself not.
 */
export function parseParts(fields: readonly HeaderField[], malformedLine: string | undefined, body: Buffer, partsMax: number): MimePart | MimeFault {
  const count = { left: partsMax, strays: strayDelimitersMax }
  const part = readPart(fields, malformedLine, body, 'text/plain', 0, count)
  if (count.strays < 0) return { fault: 'The text of a multipart repeats its boundary too often.' }
  if (count.left < 0) return { fault: `Number of MIME parts exceeds ${partsMax}.` }
  return part
}

/** True when the header of `entity` is longer than we read. An entity without an empty line is all header. */
export function isHeaderTooLong(entity: Buffer): boolean {
  if (entity.length <= headerBytesMax || (entity[0] === 13 && entity[1] === 10)) return false
  const end = entity.subarray(0, headerBytesMax + 4).indexOf('\r\n\r\n')
  return end < 0
}

/** All parts below `part` and itself, outermost first. */
export function* eachPart(part: MimePart): Generator<MimePart> {
  yield part
  for (const child of part.children) yield* eachPart(child)
}

/** The first field of that lower-case name. */
export function findField(fields: readonly HeaderField[], lower: string): HeaderField | undefined {
  return fields.find((field) => field.lower === lower)
}

function readPart(
  fields: readonly HeaderField[],
  malformedLine: string | undefined,
  body: Buffer,
  defaultType: string,
  depth: number,
  count: Count,
): MimePart | MimeFault {
  if (depth > mimeDepthMax) return { fault: 'MIME parts are nested too deeply.' }
  const typeField = findField(fields, 'content-type')
  const contentType = parseParameters(typeField ? unfold(typeField.value) : defaultType)
  const encodingField = findField(fields, 'content-transfer-encoding')
  const encoding = encodingField ? unfold(encodingField.value).toLowerCase() || '7bit' : '7bit'
  // Of every field, because programs differ in which of two they believe.
  const fileNames = fields
    .filter(({ lower }) => lower === 'content-disposition' || lower === 'content-type')
    .flatMap(({ value }) => fileNamesOf(parseParameters(unfold(value)).parameters))
  const boundary = contentType.value.startsWith('multipart/') ? contentType.parameters.get('boundary') : undefined
  const { sections, preamble } = boundary ? splitSections(body, boundary, count) : { sections: [], preamble: nothing }
  // RFC 2046 §5.2.1: an enclosed message is not encoded itself; one that is encoded all the same is data.
  if (contentType.value === 'message/rfc822' && !/^(base64|quoted-printable)$/.test(encoding) && count.left-- > 0) sections.push(body)
  const children: MimePart[] = []
  for (const section of sections) {
    if (isHeaderTooLong(section)) return { fault: `The header of a MIME part is larger than ${headerBytesMax} bytes.` }
    const header = parseHeader(section)
    const childType = contentType.value === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
    const child = readPart(header.fields, header.malformedLine, section.subarray(header.bodyStart), childType, depth + 1, count)
    if ('fault' in child) return child
    children.push(child)
  }
  return { fields, malformedLine, contentType, encoding, fileNames, body, children, preamble }
}

/** Cuts a multipart's body at its delimiter lines; stops when the parts exceed what is left. */
function splitSections(body: Buffer, boundary: string, count: Count): { sections: Buffer[]; preamble: Buffer } {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1')
  const sections: Buffer[] = []
  let preamble: Buffer | undefined
  let start = -1
  let at = 0
  while (at < body.length) {
    const found = body.indexOf(delimiter, at)
    if (found < 0) break
    at = found + delimiter.length
    if (--count.strays < 0) break
    if (found > 0 && body[found - 1] !== 10) continue
    const closing = body[at] === 45 && body[at + 1] === 45
    let end = closing ? at + 2 : at
    while (body[end] === 32 || body[end] === 9) end++ // RFC 2046 §5.1.1: transport padding.
    if (end < body.length && body[end] !== 13) continue
    const before = Math.max(found - 2, Math.max(start, 0))
    if (start < 0) preamble = body.subarray(0, found)
    else if (--count.left >= 0) sections.push(body.subarray(start, before))
    start = Math.min(end + 2, body.length)
    if (closing) return { sections, preamble: preamble ?? nothing }
    if (count.left < 0) return { sections, preamble: preamble ?? nothing }
    at = end
  }
  if (start >= 0 && --count.left >= 0) sections.push(body.subarray(start))
  return { sections, preamble: preamble ?? nothing }
}
