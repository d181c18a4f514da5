// Bytes of messages in memory: counted once a letter, given up with its last entry.
import type { Letter } from './letter.ts'
import { heldBodyBytesMax } from './limits.ts'

/** All of one road. */
export class HeldBodies {
  #bytes = 0

  /** Whether fresh mail of so many bytes may be handed over. */
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= heldBodyBytesMax
  }

  /** The bytes if they may be kept although nobody asked for room, else undefined: they are read again from the spool. */
  keep(bytes: Buffer): Buffer | undefined {
    if (this.#bytes + bytes.length > heldBodyBytesMax * 2) return undefined
    this.#bytes += bytes.length
    return bytes
  }

  /** They were read from the spool; another entry of the letter may have been faster. */
  hold(letter: Letter, bytes: Buffer): void {
    if (letter.bytes) return
    letter.bytes = bytes
    this.#bytes += bytes.length
  }

  /** An entry of the letter left memory. */
  release(letter: Letter): void {
    letter.references--
    if (letter.references > 0 || !letter.bytes) return
    this.#bytes -= letter.bytes.length
    letter.bytes = letter.wire = undefined
  }
}
