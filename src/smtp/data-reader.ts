// Collects the bytes behind DATA up to CRLF.CRLF. RFC 5321 §4.1.1.4, transparency §4.5.2.
// Only that exact sequence ends a message. A bare CR or LF anywhere makes the whole message unacceptable: a server behind us that takes
// `LF.LF` for an end would see a second message that nobody authenticated (SMTP smuggling, CVE-2023-51764 and its siblings).
// Whole chunks are searched by native code; JavaScript steps byte by byte only over the few bytes around a dot or a chunk's edge.
import { hasBareNewline } from '../mail/lines.ts'
import type { SmtpLimits } from './limits.ts'

/** Bytes of bodies in memory, over all sessions of a door. */
export interface HeldBytes {
  held: number
}

/** What came of a body. */
export type Body =
  /** Dots undone, exact size, ours to keep. */
  { readonly kind: 'complete'; readonly bytes: Buffer } | { readonly kind: 'too-long' } | { readonly kind: 'bare-newline' } | { readonly kind: 'no-memory' }

type Trouble = Exclude<Body['kind'], 'complete'>

const lineDot = Buffer.from('\r\n.')
const ending = [13, 10, 46, 13, 10] as const
const smallChunkBytes = 4096
const nativeDotsMax = 4096

/** Reads one body. `release` must be called once when its bytes are no longer needed. */
export class DataReader {
  readonly #limits: SmtpLimits
  readonly #memory: HeldBytes
  #blocks: Buffer[] = []
  /** Collects small chunks, so that a client which sends single bytes does not cost an object each. */
  #open: Buffer | undefined
  #openBytes = 0
  #held = 0
  #wireBytes = 0
  #dots = 0
  /** How much of `ending` the last bytes are; 2 at first, because the line of DATA itself ended with CRLF. */
  #matched = 2
  #endsWithCr = false
  #trouble: Trouble | undefined

  constructor(limits: SmtpLimits, memory: HeldBytes) {
    this.#limits = limits
    this.#memory = memory
  }

  /** Bytes seen so far, the ending included. */
  get wireBytes(): number {
    return this.#wireBytes
  }

  /** Takes `chunk` from `start`. Answers the offset behind the ending, or -1 when the body goes on in the next chunk. The chunk is kept. */
  take(chunk: Buffer, start: number): number {
    const end = this.#seekEnding(chunk, start)
    const stop = end < 0 ? chunk.length : end
    this.#wireBytes += stop - start
    if (this.#trouble === undefined) {
      if (this.#wireBytes - 3 > this.#limits.messageBytesMax) this.#giveUp('too-long')
      else if (this.#hasBareNewline(chunk, start, stop)) this.#giveUp('bare-newline')
      else this.#keep(chunk, start, stop)
    }
    return end
  }

  /** The body, after `take` found its end. */
  finish(): Body {
    if (this.#trouble !== undefined) return { kind: this.#trouble }
    this.#seal()
    const [first] = this.#blocks
    const length = this.#wireBytes - 3 // The dot and its CRLF; the CRLF before them belongs to the text.
    let bytes: Buffer
    if (this.#dots > 0) bytes = undoDots(this.#blocks.length === 1 && first ? first : Buffer.concat(this.#blocks), length, this.#dots)
    else {
      bytes = Buffer.allocUnsafeSlow(length)
      let at = 0
      for (const block of this.#blocks) at += block.copy(bytes, at)
    }
    this.#blocks = []
    return { kind: 'complete', bytes }
  }

  /** Gives the memory back to the door's account. Repeatable. */
  release(): void {
    this.#memory.held -= this.#held
    this.#held = 0
    this.#blocks = []
    this.#open = undefined
    this.#openBytes = 0
  }

  #seekEnding(chunk: Buffer, start: number): number {
    let at = start
    let matched = this.#matched
    while (at < chunk.length) {
      if (matched === 0) {
        const hit = chunk.indexOf(lineDot, at)
        if (hit < 0) {
          const last = chunk[chunk.length - 1]
          if (last === 13) matched = 1
          else if (last === 10 && chunk.length - at > 1 && chunk[chunk.length - 2] === 13) matched = 2
          break
        }
        at = hit + 3
        matched = 3
        continue
      }
      const byte = chunk[at]
      at += 1
      if (matched === 3 && byte !== 13) this.#dots += 1
      matched = byte === ending[matched] ? matched + 1 : byte === 13 ? 1 : 0
      if (matched === 5) return at
    }
    this.#matched = matched
    return -1
  }

  #hasBareNewline(chunk: Buffer, start: number, stop: number): boolean {
    let from = start
    if (this.#endsWithCr && stop > start) {
      if (chunk[from] !== 10) return true
      from += 1
    }
    this.#endsWithCr = stop > start && chunk[stop - 1] === 13
    const to = this.#endsWithCr ? stop - 1 : stop
    return from < to && hasBareNewline(chunk.toString('latin1', from, to))
  }

  #keep(chunk: Buffer, start: number, stop: number): void {
    const count = stop - start
    this.#held += count
    this.#memory.held += count
    if (this.#memory.held > this.#limits.heldBytesMax) this.#giveUp('no-memory')
    else if (count >= smallChunkBytes || (this.#blocks.length === 0 && this.#open === undefined)) {
      this.#seal()
      this.#blocks.push(chunk.subarray(start, stop))
    } else this.#collect(chunk, start, stop)
  }

  #collect(chunk: Buffer, start: number, stop: number): void {
    if (this.#open === undefined || this.#open.length - this.#openBytes < stop - start) {
      this.#seal()
      this.#open = Buffer.allocUnsafeSlow(2 * smallChunkBytes)
    }
    this.#openBytes += chunk.copy(this.#open, this.#openBytes, start, stop)
  }

  #seal(): void {
    if (this.#open !== undefined) this.#blocks.push(this.#open.subarray(0, this.#openBytes))
    this.#open = undefined
    this.#openBytes = 0
  }

  #giveUp(trouble: Trouble): void {
    this.#trouble = trouble
    this.release()
  }
}

/** Copies `length` bytes without the first dot of each line that starts with one; `dots` says how many there are. */
function undoDots(wire: Buffer, length: number, dots: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length - dots)
  if (dots > nativeDotsMax) return undoManyDots(wire, length, bytes)
  let from = wire[0] === 46 ? 1 : 0
  let at = 0
  for (;;) {
    const hit = wire.indexOf(lineDot, from)
    if (hit < 0 || hit + 2 >= length) break
    at += wire.copy(bytes, at, from, hit + 2)
    from = hit + 3
  }
  wire.copy(bytes, at, from, length)
  return bytes
}

/** The same byte by byte: with a dot in every line forty megabytes of native calls would hold the loop for seconds. */
function undoManyDots(wire: Buffer, length: number, bytes: Buffer): Buffer {
  let at = 0
  let previous = 10
  for (let from = 0; from < length; from += 1) {
    const byte = wire[from] ?? 0
    const skip = byte === 46 && previous === 10
    if (!skip) bytes[at++] = byte
    previous = skip ? 0 : byte
  }
  return bytes
}
