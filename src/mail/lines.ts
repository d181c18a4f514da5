// Line ends of submitted bytes: what is stored has CRLF and nothing else (SMTP smuggling, RFC 5321 §2.3.8), and ends with one.
// The usual message is canonical already, so the look comes first and costs a few microseconds; no regex runs over a body.
import { isAscii } from 'node:buffer'
import { lineBytesMax } from './limits.ts'

/** Shorter lines, on average, are looked through byte by byte. */
const searchBytesMin = 16
const shortBytes = 8 * 1024
/** Up to here line ends are replaced in text, a quarter of the price of a loop; beyond, many short lines would cost memory. */
const replacedBytesMax = 256 * 1024

/** Bytes with CRLF line ends. */
export interface Lines {
  readonly bytes: Buffer
  /** True: 7-bit, no NUL, no line above 998 octets, so that no hop has to touch the message. */
  readonly plain: boolean
}

/** Turns every CR, LF and CRLF into CRLF. The same buffer comes back when nothing is to do. */
export function toLines(bytes: Buffer): Lines {
  const longest = longestLine(bytes)
  const canonical = longest >= 0 ? bytes : repair(bytes)
  const length = longest >= 0 ? longest : longestLine(canonical)
  return { bytes: canonical, plain: length <= lineBytesMax && isAscii(canonical) && !canonical.includes(0) }
}

/** True when a CR or LF stands alone in `text` (a byte a character). Two searches a line: a regex looks at each character. */
export function hasBareNewline(text: string): boolean {
  for (let start = 0; ; ) {
    const end = text.indexOf('\r', start)
    const feed = text.indexOf('\n', start)
    if (end < 0) return feed >= 0
    if (feed !== end + 1) return true
    start = feed + 1
  }
}

/** Octets of the longest line, or -1 when a CR or LF stands alone or the last line has no end. */
function longestLine(bytes: Buffer): number {
  const text = bytes.toString('latin1')
  let longest = 0
  let start = 0
  for (let lines = 1; start < text.length; lines++) {
    // Two searches a line are fast while lines have some length; a few short ones do not matter.
    if (start + shortBytes < lines * searchBytesMin) return longestLineByBytes(bytes, start, longest)
    const end = text.indexOf('\r', start)
    if (end < 0 || text.charCodeAt(end + 1) !== 10) return -1
    // No LF can hide in front of this CR but one that stands alone.
    const feed = text.indexOf('\n', start)
    if (feed !== end + 1) return -1
    if (end - start > longest) longest = end - start
    start = feed + 1
  }
  return longest
}

function longestLineByBytes(bytes: Buffer, from: number, longestBefore: number): number {
  let longest = longestBefore
  let start = from
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === 10) return -1
    if (byte !== 13) continue
    if (bytes[at + 1] !== 10) return -1
    if (at - start > longest) longest = at - start
    start = ++at + 1
  }
  return start === bytes.length ? longest : -1
}

function repair(bytes: Buffer): Buffer {
  if (bytes.length <= replacedBytesMax) return repairText(bytes.toString('latin1'))
  const out = Buffer.allocUnsafe(bytes.length * 2 + 2)
  let end = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === 13 || byte === 10) {
      out[end++] = 13
      out[end++] = 10
      if (byte === 13 && bytes[at + 1] === 10) at++
    } else out[end++] = byte
  }
  if (end === 0 || out[end - 1] !== 10) {
    out[end++] = 13
    out[end++] = 10
  }
  return Buffer.from(out.subarray(0, end)) // A copy, so that the double-sized buffer does not live as long as the message.
}

function repairText(given: string): Buffer {
  const text = given.includes('\r') ? given.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : given
  return Buffer.from((text.endsWith('\n') ? text : `${text}\n`).replaceAll('\n', '\r\n'), 'latin1')
}
