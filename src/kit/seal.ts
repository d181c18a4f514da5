// Encryption at rest: AES-256-GCM under the master key, with a random nonce and the format version in front.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Random } from './random.ts'

const nonceBytes = 12 // NIST SP 800-38D §8.2.2: random nonces of 96 bits.
const tagBytes = 16

/** Seals and opens secrets, and derives keys for other uses. Holds the master key; never logs it. */
export interface Sealer {
  /** Text that only `open` of the same master key reads. */
  seal(clear: string): string
  /** @throws Error when the text was altered or sealed with another master key. */
  open(sealed: string): string
  /** A 32-byte key for one named purpose (tokens, page cursors); the same purpose gives the same key. */
  deriveKey(purpose: string): Buffer
}

/** @param masterKey 32 bytes. */
export function createSealer(masterKey: Buffer, random: Random): Sealer {
  if (masterKey.length !== 32) throw new Error('the master key must be 32 bytes')
  return {
    seal(clear) {
      const nonce = random.bytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce)
      const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
      return `1.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`
    },
    open(sealed) {
      if (!sealed.startsWith('1.')) throw new Error('unknown sealing format')
      const bytes = Buffer.from(sealed.slice(2), 'base64')
      const decipher = createDecipheriv('aes-256-gcm', masterKey, bytes.subarray(0, nonceBytes))
      decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new Error('a stored secret cannot be opened: it was sealed with another master key, or altered', { cause })
      }
    },
    deriveKey: (purpose) => createHmac('sha256', masterKey).update(`bulkhead ${purpose}`).digest(),
  }
}
