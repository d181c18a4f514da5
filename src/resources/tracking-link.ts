// Tracking links in SES's form (ses.md §3.6): `/CL0/<target>/<index>/<message id>/<proof>`, `/CL1/<custom path>/…` and `/CI0/<message id>/<proof>`. Link
// tags follow the proof behind `=`. Everything that a click needs stands in the link, so that nothing is stored for a message; the proof (HMAC) covers
// all of it, so that nobody can make one that leads elsewhere. The message id says when the message was sent, and with one recipient to whom:
// the address itself is not in the link, because a forwarded mail would show it.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../kit/seal.ts'
import { messageIdTime } from '../model/message-id.ts'
import { trackingLinkMsMax } from './limits.ts'

const proofBytes = 16 // 128 bits.

/** What a click says. */
export interface ClickLink {
  /** Absolute http or https URI, ASCII. */
  readonly target: string
  /** Counts the links of a message from 1. */
  readonly index: number
  readonly messageId: string
  /** `name:value;…`; empty without tags. */
  readonly tags: string
  /** Empty: the usual form of the link. */
  readonly customPath: string
}

/** Why a link does nothing. */
export type TrackingLinkFault = 'forged' | 'expired'

/** Makes and reads the links of one account. Paths begin with `/`. */
export interface TrackingLinks {
  clickPath(link: ClickLink): string
  openPath(messageId: string): string
  /** @param rest decoded, behind `/CL0/` or `/CL1/`. Constant time in the proof. */
  readClick(form: 'CL0' | 'CL1', rest: string, now: number): ClickLink | TrackingLinkFault
  /** @param rest decoded, behind `/CI0/`. */
  readOpen(rest: string, now: number): { readonly messageId: string } | TrackingLinkFault
}

/** @param accountId a link of another account is forged. */
export function trackingLinks(sealer: Pick<Sealer, 'deriveKey'>, accountId: string): TrackingLinks {
  const key = sealer.deriveKey('tracking link')
  const proofOf = (...parts: readonly string[]) =>
    createHmac('sha256', key)
      .update([accountId, ...parts].join('\0'))
      .digest()
      .subarray(0, proofBytes)
  const clickProof = ({ target, index, messageId, tags, customPath }: ClickLink) => proofOf('click', customPath, target, String(index), messageId, tags)
  const judged = <T>(link: T, messageId: string, expected: Buffer, given: string, now: number): T | TrackingLinkFault => {
    const proof = Buffer.from(given, 'base64url')
    // Decoding skips what is no base64url; only the one spelling we made counts.
    if (proof.length !== proofBytes || proof.toString('base64url') !== given || !timingSafeEqual(proof, expected)) return 'forged'
    return now - (messageIdTime(messageId) ?? 0) > trackingLinkMsMax ? 'expired' : link
  }
  return {
    clickPath(link) {
      const form = link.customPath === '' ? '/CL0' : `/CL1/${link.customPath}`
      const tags = link.tags === '' ? '' : `=${Buffer.from(link.tags).toString('base64url')}`
      return `${form}/${escaped(link.target)}/${link.index}/${link.messageId}/${clickProof(link).toString('base64url')}${tags}`
    },
    openPath: (messageId) => `/CI0/${messageId}/${proofOf('open', messageId).toString('base64url')}`,
    readClick(form, rest, now) {
      // From the end: a gateway on the way may have decoded the target and its slashes.
      const pieces = rest.split('/')
      const [last = '', messageId = '', index = ''] = [pieces.pop(), pieces.pop(), pieces.pop()]
      const customPath = form === 'CL1' ? (pieces.shift() ?? '') : ''
      const [proof = '', tags = ''] = last.split('=', 2)
      const link = { target: pieces.join('/'), index: Number(index), messageId, tags: Buffer.from(tags, 'base64url').toString(), customPath }
      if (!/^[1-9]\d{0,4}$/.test(index)) return 'forged'
      return judged(link, messageId, clickProof(link), proof, now)
    },
    readOpen(rest, now) {
      const [messageId = '', proof = ''] = rest.split('/', 2)
      return judged({ messageId }, messageId, proofOf('open', messageId), proof, now)
    },
  }
}

/** One path segment that also fits between quotes of either kind. */
function escaped(target: string): string {
  return encodeURIComponent(target).replace(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
