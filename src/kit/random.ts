// The one door to chance: unpredictable bytes, ids and jitter.
import { randomBytes, randomUUID } from 'node:crypto'

/** Chance as a parameter, so that a test can repeat a run. */
export interface Random {
  /** Cryptographically strong bytes. */
  bytes(count: number): Buffer
  /** A version 4 UUID, lower case. */
  uuid(): string
  /** Uniform in [0, 1); for jitter and shuffling only. */
  fraction(): number
}

/** The machine's own source. */
export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
  fraction: () => Math.random(),
}

const alphanumerics = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A lower-case alphanumeric token; 32 characters carry 165 bits. */
export function randomToken(random: Random, length: number): string {
  let token = ''
  while (token.length < length) {
    for (const byte of random.bytes(length)) {
      // 252 = 7 x 36: bytes above would favour the first letters.
      if (byte < 252 && token.length < length) token += alphanumerics[byte % 36]
    }
  }
  return token
}
