// The token in an unsubscribe link: everything that the click needs, so that nothing is stored for a message and the link outlives its events.
// A synthetic nonce (as RFC 5297 has it): the HMAC over the text is its proof and the nonce of its cipher, so a token cannot be altered, shows no
// address, and is the same whenever it is made. The account is part of what is proved.
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'
import { unsubscribeLinkMsMax, unsubscribeTokenCharactersMax } from './limits.ts'

const proofBytes = 16 // 128 bits: as long as the nonce of AES-CTR.

/** What a link says. */
export interface UnsubscribeLink {
  /** Of the list that the message went to; a list made anew under its name has another. */
  readonly listId: string
  /** Empty: the message belongs to no topic. */
  readonly topicName: string
  /** The contact. */
  readonly address: string
  readonly messageId: string
  /** Empty for a send without tenant. */
  readonly tenantName: string
  /** Empty without configuration set. */
  readonly configurationSetName: string
  /** Milliseconds since the epoch, in whole seconds. */
  readonly issuedAt: number
}

/** Why a token does nothing. */
export type UnsubscribeTokenFault = 'forged' | 'expired'

/** Makes and reads tokens of one account. */
export interface UnsubscribeTokens {
  make(link: UnsubscribeLink): string
  /** Constant time in the proof. */
  read(token: string, now: number): UnsubscribeLink | UnsubscribeTokenFault
}

/** @param accountId a token of another account is forged. */
export function unsubscribeTokens(sealer: Pick<Sealer, 'deriveKey'>, accountId: string): UnsubscribeTokens {
  const proofKey = sealer.deriveKey('unsubscribe link')
  const cipherKey = sealer.deriveKey('unsubscribe link cipher')
  const proofOf = (text: Buffer) => createHmac('sha256', proofKey).update(`${accountId}\0`).update(text).digest().subarray(0, proofBytes)
  return {
    make({ listId, topicName, address, messageId, tenantName, configurationSetName, issuedAt }) {
      const seconds = Math.floor(issuedAt / 1_000).toString(36)
      const text = Buffer.from([seconds, listId, topicName, messageId, tenantName, configurationSetName, address].join('\0'))
      const proof = proofOf(text)
      const cipher = createCipheriv('aes-256-ctr', cipherKey, proof)
      return Buffer.concat([proof, cipher.update(text), cipher.final()]).toString('base64url')
    },
    read(token, now) {
      if (token.length > unsubscribeTokenCharactersMax) return 'forged'
      const bytes = Buffer.from(token, 'base64url')
      // Decoding skips what is no base64url; only the one spelling we made counts.
      if (bytes.length <= proofBytes || bytes.toString('base64url') !== token) return 'forged'
      const proof = bytes.subarray(0, proofBytes)
      const decipher = createDecipheriv('aes-256-ctr', cipherKey, proof)
      const text = Buffer.concat([decipher.update(bytes.subarray(proofBytes)), decipher.final()])
      if (!timingSafeEqual(proof, proofOf(text))) return 'forged'
      const [seconds = '', listId = '', topicName = '', messageId = '', tenantName = '', configurationSetName = '', ...rest] = text.toString().split('\0')
      const issuedAt = Number.parseInt(seconds, 36) * 1_000
      if (now - issuedAt > unsubscribeLinkMsMax) return 'expired'
      return { listId, topicName, address: rest.join('\0'), messageId, tenantName, configurationSetName, issuedAt }
    },
  }
}
