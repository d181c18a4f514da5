// Answers of the zone `dkim.<hostname>`: the public keys behind the CNAMEs of Easy DKIM.
import type { Store } from '../storage/store.ts'
import { dkimKeyText } from './dns-records.ts'
import { identities, identitiesByToken } from './identities.ts'

/**
 * TXT strings for a name in our zone, `<token>.dkim.<hostname>`; case does not matter.
 * @returns undefined when no identity has the token; an empty list while its key is not made yet.
 */
export async function answerSigningZone(store: Pick<Store, 'get'>, name: string): Promise<string[] | undefined> {
  const token = name.toLowerCase().split('.')[0] ?? ''
  const owner = await store.get(identitiesByToken, token)
  const dkim = owner && (await store.get(identities, owner.value.name))?.value.dkim
  if (!dkim?.tokens.includes(token)) return undefined
  const publicKey = dkim.retiredKey?.token === token ? dkim.retiredKey.publicKey : dkim.key?.publicKey
  return publicKey === undefined ? [] : [dkimKeyText(publicKey)]
}
