// Answers of the zone `dkim.<hostname>`: the public keys behind the CNAMEs of Easy DKIM.
import type { Store } from '../storage/store.ts'
import { dkimKeyText } from './dns-records.ts'
import { type DkimSettings, identities, identitiesByToken } from './identities.ts'
import { ownTokens } from './put-identity.ts'

/**
 * TXT strings for a name in our zone, `<token>.dkim.<hostname>`; case does not matter.
 * @returns undefined when no identity has the token; an empty list while its key is not made yet.
 */
export async function answerSigningZone(store: Pick<Store, 'get'>, name: string): Promise<string[] | undefined> {
  const token = name.toLowerCase().split('.')[0] ?? ''
  const owner = await store.get(identitiesByToken, token)
  const dkim = owner && (await store.get(identities, owner.value.name))?.value.dkim
  if (!dkim || !ownTokens(dkim).includes(token)) return undefined
  const publicKey = keyBehind(dkim, token)
  return publicKey === undefined ? [] : [dkimKeyText(publicKey)]
}

/** A selector that signs or signed shows its own key; the others show the newest, so that a look at any of the three finds one. */
function keyBehind({ origin, parent, tokens, key, outgoing, retiredKey }: DkimSettings, token: string): string | undefined {
  const own = origin === 'AWS_SES' && !parent && tokens.includes(token)
  if (own && tokens[0] === token) return key?.publicKey
  if (outgoing?.tokens[0] === token) return outgoing.key.publicKey
  if (retiredKey?.token === token) return retiredKey.publicKey
  return own ? key?.publicKey : outgoing?.key.publicKey
}
