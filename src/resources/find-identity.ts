// Which identity lets an address stand in From. Source: ses.md §4.1; the most specific verified one wins.
import type { Store } from '../storage/store.ts'
import { normaliseAddress } from './identity-name.ts'
import { identities, type IdentityRecord, isVerified } from './identities.ts'
import { signingKey } from './signing-key.ts'

/** Identities that concern an address. */
export interface SendingIdentity {
  /** The verified identity that authorises, or undefined when none of them is verified. */
  readonly authorising: IdentityRecord | undefined
  /** The most specific one, verified or not. */
  readonly mostSpecific: IdentityRecord
}

/**
 * Finds the identities that concern `fromAddress`, most specific first: the address, the address without its `+label`,
 * its domain, then each parent domain.
 * @param fromAddress a plain address without display name.
 * @returns undefined when the text is no address or nobody registered it.
 */
export async function findSendingIdentity(store: Pick<Store, 'get'>, fromAddress: string): Promise<SendingIdentity | undefined> {
  const found = (await Promise.all(identityCandidates(fromAddress).map((name) => store.get(identities, name)))).flatMap((stored) =>
    stored ? [stored.value] : [],
  )
  const [mostSpecific] = found
  return mostSpecific && { mostSpecific, authorising: found.find(isVerified) }
}

/** The verified identity that lets `fromAddress` stand in From, or undefined. */
export async function resolveFromIdentity(store: Pick<Store, 'get'>, fromAddress: string): Promise<IdentityRecord | undefined> {
  return (await findSendingIdentity(store, fromAddress))?.authorising
}

/**
 * The domain identity whose key signs for `identityName`: itself, or for an address the exact domain behind the `@` (ses.md §4.2).
 * @returns undefined when there is none, signing is off, or its DKIM records were not seen: then only the provider signs.
 */
export async function findSigningIdentity(store: Pick<Store, 'get'>, identityName: string): Promise<IdentityRecord | undefined> {
  const identity = (await store.get(identities, identityName.slice(identityName.lastIndexOf('@') + 1)))?.value
  return identity?.dkim?.signingEnabled && signingKey(identity.dkim) ? identity : undefined
}

/** Whether an identity of that name concerns the address. */
export function coversAddress(identityName: string, fromAddress: string): boolean {
  return identityCandidates(fromAddress).includes(identityName)
}

/** Names of identities that would concern an address, most specific first; never a top-level domain. */
function identityCandidates(fromAddress: string): string[] {
  const parsed = normaliseAddress(fromAddress)
  if (!parsed) return []
  const { address, local, domain } = parsed
  const plus = local.startsWith('"') ? -1 : local.indexOf('+')
  const labels = domain.split('.')
  return [address, ...(plus > 0 ? [`${local.slice(0, plus)}@${domain}`] : []), ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))]
}
