// The header block of a message as a list of fields, bytes kept. RFC 5322 §2.2; folding is not undone here.
// Strings are latin1: one character for one octet, so that nothing is lost on the way back.

/** One header field. */
export interface HeaderField {
  /** As written. */
  readonly name: string
  /** Lower case, for comparison. */
  readonly lower: string
  /** Everything behind the colon up to the field's last CRLF, that CRLF excluded; inner folds keep their CRLF. */
  readonly value: string
}

/** A parsed header block. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[]
  /** Offset of the first body byte, behind the empty line; the length of the input when there is no body. */
  readonly bodyStart: number
  /** The first line that is neither a field nor a fold, or undefined. Such a line ends the parse of the header (it is not guessed at). */
  readonly malformedLine: string | undefined
}

/**
 * Splits the header of a message with CRLF line ends. `bytes` without an empty line is all header.
 */
export function parseHeader(bytes: Buffer): HeaderBlock {
  const emptyLine = bytes[0] === 13 && bytes[1] === 10 ? -2 : bytes.indexOf('\r\n\r\n')
  const headerEnd = emptyLine === -2 ? 0 : emptyLine < 0 ? bytes.length : emptyLine + 2
  const bodyStart = emptyLine === -2 ? 2 : emptyLine < 0 ? bytes.length : emptyLine + 4
  const text = bytes.toString('latin1', 0, headerEnd)
  const fields: HeaderField[] = []
  let start = 0
  while (start < text.length) {
    let end = text.indexOf('\r\n', start)
    while (end >= 0 && (text[end + 2] === ' ' || text[end + 2] === '\t')) end = text.indexOf('\r\n', end + 2)
    if (end < 0) end = text.length
    const colon = text.indexOf(':', start)
    const name = colon > start && colon < end ? text.slice(start, colon).trimEnd() : ''
    if (!/^[!-9;-~]+$/.test(name)) return { fields, bodyStart, malformedLine: text.slice(start, Math.min(end, start + 200)) }
    fields.push({ name, lower: name.toLowerCase(), value: text.slice(colon + 1, end) })
    start = end + 2
  }
  return { fields, bodyStart, malformedLine: undefined }
}

/** The value of a field with folds undone and outer white space gone (RFC 5322 §2.2.3). */
export function unfold(value: string): string {
  return value.replace(/\r\n(?=[ \t])/g, '').trim()
}
