// How a domain signs: Easy DKIM with tokens of ours, or a key that the customer brings. Source: ses.md §4.3; RFC 6376 §3.6.1; RFC 8301 §3.2.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Random, randomToken } from '../kit/random.ts'
import type { Sealer } from '../kit/seal.ts'
import { isRefusal, refuse, type Refusal } from '../model/refusal.ts'
import type { DkimKey, DkimSettings } from './identities.ts'
import { followSigning, mayChangeKey, moveToNextSelector } from './signing-key.ts'

const selectorForm = /^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))$/
const keyForm = /^[a-zA-Z0-9+/]+={0,2}$/
const invalid = (text: string) => refuse('InvalidRequest', { text })

/** Signing attributes as a request gives them. */
export interface SigningRequest {
  readonly origin: string | undefined
  readonly selector: string | undefined
  readonly privateKey: string | undefined
  readonly nextKeyLength: string | undefined
}

/** Easy DKIM of a new domain. The key is made when the records are first seen, so that creation stays cheap. */
export function easyDkim(random: Random, nextKeyLength: DkimSettings['nextKeyLength']): DkimSettings {
  const tokens = [randomToken(random, 32), randomToken(random, 32), randomToken(random, 32)]
  return { signingEnabled: true, origin: 'AWS_SES', tokens, key: undefined, nextKeyLength, lastKeyGenerationAt: undefined, status: 'PENDING' }
}

/** Settings of a new domain as the request asks; nothing asked means Easy DKIM with 2048 bits. */
export function judgeSigning(random: Random, sealer: Sealer, request: SigningRequest): DkimSettings | Refusal {
  const { origin, selector, privateKey, nextKeyLength = 'RSA_2048_BIT' } = request
  const parentRegion = /^AWS_SES_([A-Z0-9_]{1,32})$/.exec(origin ?? '')?.[1]
  if (parentRegion !== undefined) return replicate(parentRegion.toLowerCase().replaceAll('_', '-'), request)
  const external = origin === 'EXTERNAL' || (origin === undefined && (selector !== undefined || privateKey !== undefined))
  if (origin !== undefined && origin !== 'EXTERNAL' && origin !== 'AWS_SES')
    return invalid(
      "1 validation error detected: Value at 'signingAttributesOrigin' failed to satisfy constraint: Member must satisfy enum value set: [AWS_SES, EXTERNAL]",
    )
  if (external && request.nextKeyLength !== undefined) return invalid('NextSigningKeyLength cannot be specified for your own key.')
  if (!external && (selector !== undefined || privateKey !== undefined))
    return invalid('DomainSigningSelector and DomainSigningPrivateKey can only be specified when SigningAttributesOrigin is EXTERNAL.')
  if (external) return bringYourOwn(sealer, selector, privateKey)
  if (nextKeyLength !== 'RSA_1024_BIT' && nextKeyLength !== 'RSA_2048_BIT')
    return invalid(
      "1 validation error detected: Value at 'nextSigningKeyLength' failed to satisfy constraint: Member must satisfy enum value set: [RSA_1024_BIT, RSA_2048_BIT]",
    )
  return easyDkim(random, nextKeyLength)
}

/**
 * Settings of a domain that has some already. What signs now goes on until the new record is seen. Another key length of
 * Easy DKIM moves on to the next selector, so that the customer's records stay as they are; at most one change a day.
 */
export function changeSigning(random: Random, sealer: Sealer, present: DkimSettings, request: SigningRequest, now: number): DkimSettings | Refusal {
  const asked = judgeSigning(random, sealer, request)
  if (isRefusal(asked)) return asked
  if (asked.origin !== 'AWS_SES' || present.origin !== 'AWS_SES' || asked.parent?.region !== present.parent?.region)
    return restore(present, asked, request) ?? followSigning(present, asked, now)
  // Asked for again, a search that was given up starts anew.
  if (request.nextKeyLength === undefined || asked.nextKeyLength === present.nextKeyLength)
    return present.status === 'FAILED' ? { ...present, status: 'PENDING' } : present
  if (!present.key && !present.outgoing) return { ...present, nextKeyLength: asked.nextKeyLength }
  if (!mayChangeKey(present, now)) return invalid('The signing key length can be changed only once in 24 hours.')
  return moveToNextSelector(present, asked.nextKeyLength, now)
}

/** Back to Easy DKIM while its key still signs: the change is called off, and the customer's records are the same as before. */
function restore(present: DkimSettings, asked: DkimSettings, { nextKeyLength }: SigningRequest): DkimSettings | undefined {
  const { outgoing, signingEnabled, lastKeyGenerationAt, retiredKey } = present
  if (outgoing?.origin !== 'AWS_SES' || asked.origin !== 'AWS_SES') return undefined
  if (outgoing.parent?.region !== asked.parent?.region || (nextKeyLength ?? outgoing.nextKeyLength) !== outgoing.nextKeyLength) return undefined
  return { ...outgoing, signingEnabled, lastKeyGenerationAt, status: 'SUCCESS', ...(retiredKey ? { retiredKey } : {}) }
}

/** Deterministic Easy DKIM: tokens and key come with the first answer of the parent. */
function replicate(region: string, { selector, privateKey, nextKeyLength }: SigningRequest): DkimSettings | Refusal {
  if (selector !== undefined || privateKey !== undefined || nextKeyLength !== undefined)
    return invalid('DomainSigningSelector, DomainSigningPrivateKey and NextSigningKeyLength cannot be specified for a replica: they are those of its parent.')
  const own = { signingEnabled: true, origin: 'AWS_SES', tokens: [], key: undefined, lastKeyGenerationAt: undefined, status: 'PENDING' } as const
  return { ...own, nextKeyLength: 'RSA_2048_BIT', parent: { region } }
}

/** A stored key from a private one. */
export function sealKey(sealer: Sealer, privateKey: KeyObject): DkimKey {
  return {
    sealedPrivateKey: sealer.seal(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
    bits: privateKey.asymmetricKeyDetails?.modulusLength ?? 0,
  }
}

function bringYourOwn(sealer: Sealer, selector: string | undefined, privateKey: string | undefined): DkimSettings | Refusal {
  if (selector === undefined || privateKey === undefined) return invalid('DomainSigningSelector and DomainSigningPrivateKey must be specified together.')
  if (selector.length > 63 || !selectorForm.test(selector))
    return invalid(
      "1 validation error detected: Value at 'domainSigningSelector' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))$",
    )
  const parsed = privateKey.length <= 20_480 && keyForm.test(privateKey) ? parseKey(Buffer.from(privateKey, 'base64')) : undefined
  const bits = parsed?.asymmetricKeyType === 'rsa' ? (parsed.asymmetricKeyDetails?.modulusLength ?? 0) : 0
  if (!parsed || bits < 1_024 || bits > 2_048)
    return invalid('DomainSigningPrivateKey must be an RSA private key of 1024 to 2048 bits, in base64 without its PEM lines.')
  return {
    signingEnabled: true,
    origin: 'EXTERNAL',
    tokens: [selector.toLowerCase()],
    key: sealKey(sealer, parsed),
    nextKeyLength: 'RSA_2048_BIT',
    lastKeyGenerationAt: undefined,
    status: 'PENDING',
  }
}

/** Customers have PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`). */
function parseKey(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key: der, format: 'der', type })
    } catch {
      // Not this form; the caller hears of it when neither fits.
    }
  }
  return undefined
}
