// PutEmailIdentityDkimAttributes: switches signing, never touches a status. For an address whose domain is registered it changes nothing.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { identities } from '../../../../resources/identities.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import type { Operation } from '../../../operation.ts'
import { editIdentity } from './edit-identity.ts'

export const putEmailIdentityDkimAttributes: Operation<'PutEmailIdentityDkimAttributes'> = async (input, _call, { store }) => {
  const name = identityKey(input.EmailIdentity ?? '')
  const domain = name.slice(name.lastIndexOf('@') + 1)
  if (name !== domain && (await store.get(identities, domain))) return {}
  const unknown = () => refuse('InvalidRequest', { text: `Domain ${domain} is not verified for DKIM signing.` })
  const edited = await editIdentity(store, name, (identity) =>
    identity.dkim ? { identity: { ...identity, dkim: { ...identity.dkim, signingEnabled: input.SigningEnabled ?? false } } } : unknown(),
  )
  if (isRefusal(edited)) return edited.name === 'NotFound' ? unknown() : edited
  return {}
}
