// The link in a verification mail: names the address and the request it belongs to, signed, so that nothing is stored for it.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'
import type { IdentityRecord } from '../resources/identities.ts'
import { tokenCharactersMax } from './limits.ts'

const codeBytes = 16

/** What a link says. */
export interface Link {
  readonly name: string
  /** When the verification that it belongs to began; a later one makes it void. */
  readonly startedAt: number
}

/** The token of the link for an identity; the same until its verification starts anew. */
export function verificationToken(sealer: Sealer, { name, verificationStartedAt }: Pick<IdentityRecord, 'name' | 'verificationStartedAt'>): string {
  const text = `${verificationStartedAt} ${name}`
  return Buffer.concat([codeOf(sealer, text), Buffer.from(text)]).toString('base64url')
}

/** Reads a token; undefined when it is not ours. Whether it is still valid is for the caller to see. */
export function readVerificationToken(sealer: Sealer, token: string): Link | undefined {
  if (token.length > tokenCharactersMax) return undefined
  const bytes = Buffer.from(token, 'base64url')
  // Decoding skips what is no base64url; only the one spelling we made counts.
  if (bytes.toString('base64url') !== token) return undefined
  const text = bytes.subarray(codeBytes).toString()
  if (bytes.length <= codeBytes || !timingSafeEqual(bytes.subarray(0, codeBytes), codeOf(sealer, text))) return undefined
  const space = text.indexOf(' ')
  return { startedAt: Number(text.slice(0, space)), name: text.slice(space + 1) }
}

function codeOf(sealer: Sealer, text: string): Buffer {
  return createHmac('sha256', sealer.deriveKey('verification link')).update(text).digest().subarray(0, codeBytes)
}
