// Text of any script in header fields: encoded-words both ways. RFC 2047.
// Leaves to whom: which fields may carry encoded-words, and refusing line breaks, is the caller's affair.
import { lineBytesMax, lineBytesWanted } from './limits.ts'

const encodedWord = /=\?([^?\s]+)\?([bq])\?([^?\s]*)\?=/gi
const wrapperLength = '=?utf-8?Q?'.length + '?='.length
const wordLengthMax = 75 // RFC 2047 §2.
const hex = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)

/** True when `text` can stand in a header as it is: printable ASCII without outer spaces. */
function isPlain(text: string): boolean {
  return /^[!-~](?:[ -~]*[!-~])?$/.test(text) || text === ''
}

/**
 * The value of an unstructured field (Subject, Content-Description …), folded. ASCII that already holds encoded-words passes
 * unchanged, as SES does: applications that encoded by themselves stay readable.
 * @param used characters of the line in front of the value, name and colon included.
 */
export function encodeUnstructured(text: string, used: number): string {
  if (isPlain(text)) {
    if (used + text.length <= lineBytesWanted) return text
    const folded = foldAtSpaces(text, used)
    if (folded !== undefined) return folded
  }
  return encodeWords(text, used)
}

/** A display name as it stands in front of an angle address: atoms, a quoted string, or encoded-words. */
export function encodePhrase(text: string, used: number): string {
  if (text.length > 200 || !isPlain(text)) return encodeWords(text, used)
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(text)) return text
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** Encoded-words in UTF-8 with the shorter of the two encodings, one a line. No word splits a character (RFC 2047 §5). */
export function encodeWords(text: string, used: number): string {
  const bytes = Buffer.from(text, 'utf8')
  let quoted = 0
  for (const byte of bytes) quoted += byte === 32 || isQSafe(byte) ? 1 : 3
  const encoding = quoted <= Math.ceil(bytes.length / 3) * 4 ? 'Q' : 'B'
  const words: string[] = []
  let chunk = ''
  let chunkLength = 0
  let room = Math.max(Math.min(wordLengthMax, lineBytesWanted - used) - wrapperLength, 24)
  const flush = () => {
    words.push(encoding === 'Q' ? `=?utf-8?Q?${chunk}?=` : `=?utf-8?B?${Buffer.from(chunk, 'utf8').toString('base64')}?=`)
    chunk = ''
    chunkLength = 0
    room = wordLengthMax - wrapperLength
  }
  for (const character of text) {
    const piece = encoding === 'Q' ? quote(character) : character
    const length = encoding === 'Q' ? piece.length : Buffer.byteLength(character)
    const after = encoding === 'Q' ? chunkLength + length : Math.ceil((chunkLength + length) / 3) * 4
    if (after > room) flush()
    chunk += piece
    chunkLength += length
  }
  if (chunk !== '' || words.length === 0) flush()
  return words.join('\r\n ')
}

/** Undoes encoded-words; text in an unknown charset stays as it was. White space between two of them goes (RFC 2047 §6.2). */
export function decodeWords(text: string): string {
  if (!text.includes('=?')) return text
  let decoded = ''
  let end = 0
  let pending: { charset: string; pieces: Buffer[]; source: string } | undefined
  const settle = () => {
    if (pending) decoded += decodeBytes(Buffer.concat(pending.pieces), pending.charset) ?? pending.source
    pending = undefined
  }
  for (const match of text.matchAll(encodedWord)) {
    const [source, charsetAndLanguage = '', encoding = '', payload = ''] = match
    const between = text.slice(end, match.index)
    const charset = charsetAndLanguage.split('*', 1)[0]?.toLowerCase() ?? ''
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(payload, 'base64') : unquote(payload)
    // Senders split characters between words although they must not: words of one charset are decoded together.
    if (pending && /^\s*$/.test(between) && pending.charset === charset) {
      pending.pieces.push(bytes)
      pending.source += between + source
    } else {
      const adjacent = pending !== undefined && /^\s*$/.test(between)
      settle()
      decoded += adjacent ? '' : between
      pending = { charset, pieces: [bytes], source }
    }
    end = match.index + source.length
  }
  settle()
  return decoded + text.slice(end)
}

/** Text of `bytes` in `charset`, or undefined for a charset that this machine does not know. */
export function decodeBytes(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset === 'us-ascii' ? 'utf-8' : charset, { ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // RangeError: unknown label.
  }
}

function foldAtSpaces(text: string, used: number): string | undefined {
  const lines: string[] = []
  let start = 0
  let length = used
  while (length + text.length - start > lineBytesWanted) {
    const cut = findFold(text, start, start + Math.max(lineBytesWanted - length, 1))
    if (cut < 0) break
    lines.push(text.slice(start, cut))
    start = cut
    length = 0
  }
  lines.push(text.slice(start))
  return lines.every((line, index) => line.length + (index === 0 ? used : 0) <= lineBytesMax) ? lines.join('\r\n') : undefined
}

/** The last lone space before `wanted`, else the first behind it; the fold goes in front of it. A run of spaces is never cut. */
function findFold(text: string, start: number, wanted: number): number {
  const lone = (at: number) => text[at] === ' ' && text[at - 1] !== ' ' && text[at + 1] !== ' ' && at > start
  for (let at = Math.min(wanted, text.length - 1); at > start; at--) if (lone(at)) return at
  for (let at = wanted + 1; at < text.length; at++) if (lone(at)) return at
  return -1
}

/** RFC 2047 §5 (3): the set that is safe even inside a phrase. */
function isQSafe(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    byte === 33 ||
    byte === 42 ||
    byte === 43 ||
    byte === 45 ||
    byte === 47
  )
}

function quote(character: string): string {
  if (character === ' ') return '_'
  let quoted = ''
  for (const byte of Buffer.from(character, 'utf8')) quoted += isQSafe(byte) ? String.fromCharCode(byte) : (hex[byte] ?? '')
  return quoted
}

function unquote(payload: string): Buffer {
  return Buffer.from(
    payload.replace(/_/g, ' ').replace(/=([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  )
}
