// The token of a download link on our own HTTP door: names a result and until when, signed, so that it works without credentials as a
// presigned link does, and nothing is stored for it.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { tokenCharactersMax } from './limits.ts'

const codeBytes = 32

/** @param key `sealer.deriveKey('download link')`. @param until milliseconds since the epoch. */
export function sealDownload(key: Buffer, name: string, until: number): string {
  const text = `${until} ${name}`
  return Buffer.concat([codeOf(key, text), Buffer.from(text)]).toString('base64url')
}

/** The name inside a token; undefined when it is not ours or its time is over. */
export function openDownload(key: Buffer, token: string, now: number): string | undefined {
  if (token.length > tokenCharactersMax) return undefined
  const bytes = Buffer.from(token, 'base64url')
  // Decoding skips what is no base64url; only the one spelling we made counts.
  if (bytes.length <= codeBytes || bytes.toString('base64url') !== token) return undefined
  const text = bytes.subarray(codeBytes).toString()
  if (!timingSafeEqual(bytes.subarray(0, codeBytes), codeOf(key, text))) return undefined
  const space = text.indexOf(' ')
  return Number(text.slice(0, space)) > now ? text.slice(space + 1) : undefined
}

function codeOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
