// Page tokens of lists: where the next page begins, readable by us alone. The code binds the token to one operation and to
// what the request selected, so that a token of another list, tenant or filter is not taken.
import { createHmac, timingSafeEqual } from 'node:crypto'

const codeBytes = 16 // 128 bits; a forged position could only skip within a list the caller may read anyway.
const tokenCharactersMax = 8_192 // Longer ones were never made here.

/**
 * A token that stands for `position` in the list that `scope` names; text without padding, safe in a URL.
 * @param key `sealer.deriveKey('page token')`.
 * @param scope operation, region and selection, for example `compositeKey('ListTenants', region, filter)`.
 */
export function sealPageToken(key: Buffer, scope: string, position: string): string {
  return Buffer.concat([codeOf(key, scope, position), Buffer.from(position)]).toString('base64url')
}

/** The position inside a token; undefined when it was altered, made under another key, or belongs to another scope. */
export function openPageToken(key: Buffer, scope: string, token: string): string | undefined {
  if (token.length > tokenCharactersMax) return undefined
  const bytes = Buffer.from(token, 'base64url')
  // Decoding skips what is no base64url; only the one spelling we made counts.
  if (bytes.length < codeBytes || bytes.toString('base64url') !== token) return undefined
  const position = bytes.subarray(codeBytes).toString()
  return timingSafeEqual(bytes.subarray(0, codeBytes), codeOf(key, scope, position)) ? position : undefined
}

function codeOf(key: Buffer, scope: string, position: string): Buffer {
  // The length in front keeps (scope, position) apart from every other split of the same text.
  return createHmac('sha256', key).update(`${scope.length} ${scope}${position}`).digest().subarray(0, codeBytes)
}
