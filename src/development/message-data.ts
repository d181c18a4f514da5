// The bytes between DATA and the final dot: finding the end, judging line endings, taking the stuffed dots away.
// RFC 5321 §4.1.1.4 and §4.5.2. Only CRLF "." CRLF ends the data; a bare CR or LF never does (no smuggling).

/** The end of the data. `raw` is undefined when it was larger than allowed. `rest` follows the final dot. */
export interface DataEnd {
  readonly raw: Buffer | undefined
  readonly rest: Buffer
}

/** What a message holds that the protocol forbids. */
export type BodyFlaw = 'bare LF' | 'bare CR' | 'NUL' | '8-bit byte' | 'line longer than 998'

/** A message as read: `bytes` without stuffed dots, an own copy. */
export interface ReadMessage {
  readonly bytes: Buffer
  readonly flaws: readonly BodyFlaw[]
}

const end = Buffer.from('\r\n.\r\n')

/** Gathers chunks until the final dot. `push` answers undefined while more is to come. */
export function createDataGatherer(bytesMax: number): { push(chunk: Buffer): DataEnd | undefined } {
  let chunks: Buffer[] = []
  let total = 0
  let tail: Buffer = Buffer.from('\r\n') // DATA's own CRLF counts as the beginning of the final dot.

  const take = (chunk: Buffer) => {
    total += chunk.length
    if (total <= bytesMax) chunks.push(chunk)
    else chunks = []
  }
  return {
    push(chunk) {
      // An end that began in an earlier chunk ends within the first bytes of this one.
      const seam = Buffer.concat([tail, chunk.subarray(0, end.length - 1)])
      const atSeam = seam.indexOf(end)
      const inside = atSeam >= 0 ? atSeam - tail.length : chunk.indexOf(end)
      if (inside < 0 && atSeam < 0) {
        take(chunk)
        tail = chunk.length >= end.length - 1 ? chunk.subarray(1 - end.length) : Buffer.concat([tail, chunk]).subarray(1 - end.length)
        return undefined
      }
      const stop = inside + end.length
      take(chunk.subarray(0, stop))
      const raw = total <= bytesMax ? Buffer.concat(chunks, total).subarray(0, Math.max(total - 3, 0)) : undefined
      return { raw, rest: chunk.subarray(stop) }
    },
  }
}

/** Judges the lines of `raw` and takes stuffed dots away. Searches are native; the loops run once a line. */
export function readMessage(raw: Buffer): ReadMessage {
  const text = raw.toString('latin1')
  const flaws = new Set<BodyFlaw>()
  const pieces: Buffer[] = []
  let pieceStart = 0
  let lineStart = 0
  for (let lf = text.indexOf('\n'); lf >= 0; lf = text.indexOf('\n', lineStart)) {
    if (text.charCodeAt(lf - 1) !== 13) flaws.add('bare LF')
    // RFC 5321 §4.5.3.1.6: 1,000 octets with CRLF; the transparency dot does not count.
    const stuffed = text.charCodeAt(lineStart) === 46
    if (lf + 1 - lineStart - (stuffed ? 1 : 0) > 1_000) flaws.add('line longer than 998')
    if (stuffed) {
      pieces.push(raw.subarray(pieceStart, lineStart))
      pieceStart = lineStart + 1
    }
    lineStart = lf + 1
  }
  for (let cr = text.indexOf('\r'); cr >= 0; cr = text.indexOf('\r', cr + 1)) {
    if (text.charCodeAt(cr + 1) === 10) continue
    flaws.add('bare CR')
    break
  }
  if (/[\0\x80-\xff]/.test(text)) {
    if (text.includes('\0')) flaws.add('NUL')
    if (/[\x80-\xff]/.test(text)) flaws.add('8-bit byte')
  }
  pieces.push(raw.subarray(pieceStart))
  return { bytes: pieces.length === 1 ? raw : Buffer.concat(pieces), flaws: [...flaws] }
}
