// The envelope sender that comes back: a signed token per recipient in the local part, so that a bounce or complaint
// finds its message without a look-up and a forged one changes nothing.
// Form: b+<base32(version, time, UUID, recipient index)>.<base32(HMAC-SHA256, 10 bytes)>, 59 characters of the 64 allowed.
// Leaves to whom: the key comes from the sealer (`deriveKey('return path')`); the domain is the caller's affair.
import { hash, timingSafeEqual } from 'node:crypto'
import { fromBase32, toBase32 } from '../kit/base32.ts'
import { messageIdTime, mintMessageId } from '../model/message-id.ts'

/** What a token says. */
export interface ReturnPathToken {
  readonly messageId: string
  readonly recipientIndex: number
}

/** The header field that repeats the token, for reports that show nothing else of the message. */
export const tokenField = 'X-Bulkhead-Token'

const version = 1
const payloadBytes = 25 // version 1, time 6, UUID 16, index 2
const macBytes = 10
const tokenCharactersMax = 64 // RFC 5321 §4.5.3.1.1: a local part.

/** Milliseconds after the send in which a token is valid: complaints and late bounces arrive weeks after it. */
export const returnPathLifeMs = 35 * 24 * 3_600_000

/** Makes and reads tokens under one key. */
export interface ReturnPathTokens {
  /**
   * The token of one recipient, without the `b+` in front; safe as ENVID (no character that RFC 3461 §4 would encode).
   * @param messageId one that `mintMessageId` made; anything else throws.
   */
  mint(messageId: string, recipientIndex: number): string
  /**
   * Reads a token back; give the local part of a return path, or an ENVID.
   * @returns undefined when it is not ours, altered, or older than 35 days.
   */
  verify(localPart: string, now: number): ReturnPathToken | undefined
  /** The same with the reason: `foreign` has not our form, `forged` was altered or made by others, `expired` was ours for 35 days. */
  judge(localPart: string, now: number): ReturnPathToken | 'foreign' | 'forged' | 'expired'
}

/** @param key 32 bytes: the sealer's `deriveKey('return path')`. */
export function openReturnPathTokens(key: Buffer): ReturnPathTokens {
  const mac = macUnder(key)
  return {
    mint(messageId, recipientIndex) {
      const at = messageIdTime(messageId)
      if (at === undefined || recipientIndex < 0 || recipientIndex > 0xffff) throw new Error(`no return path token can name ${messageId}/${recipientIndex}`)
      const payload = Buffer.allocUnsafe(payloadBytes)
      payload[0] = version
      payload.writeUIntBE(at, 1, 6)
      payload.write(messageId.slice(17, 53).replaceAll('-', ''), 7, 'hex')
      payload.writeUInt16BE(recipientIndex, 23)
      return `${toBase32(payload)}.${toBase32(mac(payload))}`
    },
    verify(localPart, now) {
      const judged = judge(localPart, now)
      return typeof judged === 'string' ? undefined : judged
    },
    judge,
  }

  function judge(localPart: string, now: number): ReturnPathToken | 'foreign' | 'forged' | 'expired' {
    if (localPart.length > tokenCharactersMax) return 'foreign'
    const [payloadText, macText, ...more] = localPart.replace(/^b\+/i, '').split('.')
    if (payloadText === undefined || macText === undefined || more.length > 0) return 'foreign'
    const payload = fromBase32(payloadText)
    const given = fromBase32(macText)
    if (payload?.length !== payloadBytes || given?.length !== macBytes) return 'foreign'
    if (payload[0] !== version || !timingSafeEqual(given, mac(payload))) return 'forged'
    const at = payload.readUIntBE(1, 6)
    if (now - at > returnPathLifeMs) return 'expired'
    const hex = payload.toString('hex', 7, 23)
    const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
    return { messageId: mintMessageId(at, uuid), recipientIndex: payload.readUInt16BE(23) }
  }
}

/** `b+<token>@<domain>`. */
export function returnPath(token: string, domain: string): string {
  return `b+${token}@${domain}`
}

/**
 * HMAC-SHA256 (RFC 2104) cut to ten bytes, from two plain hashes: the key's pads are made once, where node's Hmac object
 * costs 35 µs of set-up a call.
 */
function macUnder(key: Buffer): (payload: Buffer) => Buffer {
  const blockBytes = 64
  if (key.length > blockBytes) throw new Error('the key is longer than a block')
  const inner = Buffer.alloc(blockBytes + payloadBytes, 0x36)
  const outer = Buffer.alloc(blockBytes + 32, 0x5c)
  for (let i = 0; i < blockBytes; i++) {
    const byte = key[i] ?? 0
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  }
  return (payload) => {
    payload.copy(inner, blockBytes)
    hash('sha256', inner, 'buffer').copy(outer, blockBytes)
    return hash('sha256', outer, 'buffer').subarray(0, macBytes)
  }
}
