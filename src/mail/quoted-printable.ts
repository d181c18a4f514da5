// Quoted-printable both ways, and base64 in lines. RFC 2045 §6.7 and §6.8.

const hexDigits = Buffer.from('0123456789ABCDEF', 'latin1')
/** 1: stands for itself; 2: white space, which does so except at the end of a line. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 32 || byte === 9 ? 2 : byte > 32 && byte < 127 && byte !== 61 ? 1 : 0))
const lineLengthMax = 76 // RFC 2045 §6.7 (5), the soft break's `=` included.

/**
 * Encodes; lines have at most 76 characters.
 * @param mode 'text': CRLF stays a line break, and `bytes` holds no other CR or LF. 'binary': CR and LF are data.
 */
export function encodeQuotedPrintable(bytes: Uint8Array, mode: 'text' | 'binary'): string {
  const text = mode === 'text'
  // Worst case: three characters a byte and a soft break after every 25.
  const out = Buffer.allocUnsafe(bytes.length * 3 + Math.ceil(bytes.length / 25) * 3 + 3)
  let end = 0
  let column = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    const kind = kinds[byte] as number
    if (kind === 1 && column < lineLengthMax - 1) {
      out[end++] = byte
      column++
      continue
    }
    if (text && byte === 13 && bytes[at + 1] === 10) {
      out[end++] = 13
      out[end++] = 10
      column = 0
      at++
      continue
    }
    // White space at the end of a line gets lost on the way (§6.7 (3)).
    const plain = kind === 1 || (kind === 2 && at + 1 < bytes.length && !(text && bytes[at + 1] === 13))
    if (column + (plain ? 1 : 3) > lineLengthMax - 1) {
      out[end++] = 61
      out[end++] = 13
      out[end++] = 10
      column = 0
    }
    if (plain) {
      out[end++] = byte
      column++
    } else {
      out[end++] = 61
      out[end++] = hexDigits[byte >> 4] as number
      out[end++] = hexDigits[byte & 15] as number
      column += 3
    }
  }
  return out.toString('latin1', 0, end)
}

/** Decodes tolerantly: a `=` that starts nothing stays, 8-bit bytes pass. */
export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let end = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === 61) {
      if (bytes[at + 1] === 13 && bytes[at + 2] === 10) {
        at += 2
        continue
      }
      const high = hexValue(bytes[at + 1])
      const low = hexValue(bytes[at + 2])
      if (high >= 0 && low >= 0) {
        out[end++] = high * 16 + low
        at += 2
        continue
      }
    }
    out[end++] = byte
  }
  return out.subarray(0, end)
}

/** Base64 in lines of 76 characters, without a last line break. */
export function encodeBase64Lines(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  if (text.length <= lineLengthMax) return text
  const lines: string[] = []
  for (let at = 0; at < text.length; at += lineLengthMax) lines.push(text.slice(at, at + lineLengthMax))
  return lines.join('\r\n')
}

/** Whether quoted-printable is the shorter one: it costs 3 for each byte above 126, base64 4 for every 3 of all. */
export function prefersQuotedPrintable(bytes: Uint8Array): boolean {
  let dear = 0
  // By index: an iterator costs ten times as much here.
  for (let at = 0; at < bytes.length; at++) if ((bytes[at] as number) > 126) dear++
  return dear * 6 < bytes.length
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 48 && byte <= 57) return byte - 48
  if ((byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102)) return (byte | 32) - 87
  return -1
}
