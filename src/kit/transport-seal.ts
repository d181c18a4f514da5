// Seals a secret for one receiver on its way: the request carries a public key made for it alone, the answer can be read only by who made it.
// So no log and no proxy between ever sees the secret, TLS or not. X25519 (RFC 7748), HKDF-SHA256 (RFC 5869), AES-256-GCM.
import { createCipheriv, createDecipheriv, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto'

const publicKeyBytes = 32 // RFC 7748 §6.1
const tagBytes = 16

/** One receiver of one secret. */
export interface SealReceiver {
  /** Base64url, 43 characters: what the other side seals for. */
  readonly publicKey: string
  /** @throws Error when the text was altered, or sealed for another receiver or context. */
  open(sealed: string, context: string): string
}

/** Makes a receiver with a key of its own. */
export function createSealReceiver(): SealReceiver {
  const { privateKey, publicKey } = generateKeyPairSync('x25519')
  const own = rawPublicKey(publicKey)
  return {
    publicKey: own.toString('base64url'),
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const sender = bytes.subarray(0, publicKeyBytes)
      const decipher = createDecipheriv('aes-256-gcm', agree(privateKey, parsePublicKey(sender), sender, own, context), nonce)
      decipher.setAuthTag(bytes.subarray(publicKeyBytes, publicKeyBytes + tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(publicKeyBytes + tagBytes)), decipher.final()]).toString('utf8')
    },
  }
}

/**
 * Seals `clear` for the holder of `publicKey`. @param context both sides must name the same, so that an answer serves for one question only.
 * @returns undefined when `publicKey` is none.
 */
export function sealForReceiver(publicKey: string, clear: string, context: string): string | undefined {
  const receiver = Buffer.from(publicKey, 'base64url')
  if (receiver.length !== publicKeyBytes || receiver.toString('base64url') !== publicKey) return undefined
  const pair = generateKeyPairSync('x25519')
  const sender = rawPublicKey(pair.publicKey)
  let key: Buffer
  try {
    key = agree(pair.privateKey, parsePublicKey(receiver), sender, receiver, context)
  } catch {
    return undefined // RFC 7748 §6.1: a point of small order gives no secret.
  }
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()])
  return Buffer.concat([sender, cipher.getAuthTag(), body]).toString('base64url')
}

// Every key seals once, so the nonce need not differ.
const nonce = Buffer.alloc(12)

function agree(privateKey: KeyObject, publicKey: KeyObject, sender: Buffer, receiver: Buffer, context: string): Buffer {
  return Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey, publicKey }), Buffer.concat([sender, receiver]), `bulkhead transport ${context}`, 32))
}

function parsePublicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' })
}

function rawPublicKey(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
}
