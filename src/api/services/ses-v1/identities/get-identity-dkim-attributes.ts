// GetIdentityDkimAttributes. An address has the DKIM of its domain, when that is an identity.
import type { VerificationStatus } from '@aws-sdk/client-ses'
import { isRefusal } from '../../../../model/refusal.ts'
import { identities } from '../../../../resources/identities.ts'
import type { V1Operation } from '../operation.ts'
import { v1Spelling } from '../v1-spelling.ts'
import { readIdentities } from './read-identities.ts'

export const getIdentityDkimAttributes: V1Operation<'GetIdentityDkimAttributes'> = async (input, _call, { store }) => {
  const attributes = await readIdentities(store, input.Identities, async ({ name, dkim: own }) => {
    const dkim = own ?? (await store.get(identities, name.slice(name.lastIndexOf('@') + 1)))?.value.dkim
    return {
      DkimEnabled: dkim?.signingEnabled ?? false,
      DkimVerificationStatus: v1Spelling<VerificationStatus>(dkim?.status ?? 'NOT_STARTED'),
      DkimTokens: [...(dkim?.tokens ?? [])],
    }
  })
  return isRefusal(attributes) ? attributes : { DkimAttributes: attributes }
}
