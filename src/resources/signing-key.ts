// Which key signs now, and how one key follows another without a gap: what signed goes on signing until the record of the new key was seen,
// and its own record is answered on for mail that is still under way. Source: ses.md §4.3; RFC 6376 §3.1 (selectors exist for this).
import type { DkimKey, DkimSettings } from './identities.ts'
import { keyChangeMsMin } from './limits.ts'

/**
 * The key and selector that sign mail of the domain.
 * @returns undefined while there is none that receivers can look up: then only the provider signs.
 */
export function signingKey(dkim: DkimSettings): { readonly selector: string; readonly key: DkimKey } | undefined {
  const present = presentSigning(dkim)
  const selector = present?.tokens[0]
  return present && selector !== undefined ? { selector, key: present.key } : undefined
}

/** `next` in the place of `present`; what signs now goes on until the record of `next` is seen. */
export function followSigning(present: DkimSettings, next: DkimSettings, now: number): DkimSettings {
  const outgoing = presentSigning(present)
  const { signingEnabled, retiredKey } = present
  const retired = outgoing ? retiredKey : (retire(present, now) ?? retiredKey)
  return { ...next, signingEnabled, outgoing, ...(retired ? { retiredKey: retired } : {}) }
}

/** Easy DKIM moves on to its next selector and to a key that is made at the next look; records of the customer stay as they are. */
export function moveToNextSelector(present: DkimSettings, nextKeyLength: DkimSettings['nextKeyLength'], now: number): DkimSettings {
  const [first = '', ...others] = present.tokens
  // A selector that has not signed yet is simply given another key.
  const tokens = present.outgoing ? present.tokens : [...others, first]
  return followSigning(present, { ...present, tokens, key: undefined, nextKeyLength, lastKeyGenerationAt: now, status: 'PENDING' }, now)
}

/** False within a day of the last change, counted from when the key before it signed for the last time: its record must outlive its mail. */
export function mayChangeKey({ outgoing, retiredKey, lastKeyGenerationAt = 0 }: DkimSettings, now: number): boolean {
  return (!outgoing && !retiredKey) || now - Math.max(lastKeyGenerationAt, retiredKey?.at ?? 0) >= keyChangeMsMin
}

/** The settings once the search for a new record has ended: the key before it signs no more and its private half is forgotten. */
export function endChange(dkim: DkimSettings, now: number): DkimSettings {
  if (!dkim.outgoing || dkim.status === 'PENDING') return dkim
  const { outgoing, ...settled } = dkim
  const retiredKey = retire({ ...settled, ...outgoing, parent: outgoing.parent }, now) ?? settled.retiredKey
  return { ...settled, ...(retiredKey ? { retiredKey } : {}) }
}

function presentSigning({ status, origin, tokens, key, nextKeyLength, parent, outgoing }: DkimSettings): DkimSettings['outgoing'] {
  if (status === 'PENDING') return outgoing
  return status === 'SUCCESS' && key ? { origin, tokens, key, nextKeyLength, ...(parent ? { parent } : {}) } : undefined
}

/** Only records in our own zone are ours to keep. */
function retire({ origin, parent, tokens, key }: DkimSettings, at: number): DkimSettings['retiredKey'] {
  const [token] = tokens
  return origin === 'AWS_SES' && !parent && key && token !== undefined ? { token, publicKey: key.publicKey, at } : undefined
}
