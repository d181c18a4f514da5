// GetIdentityVerificationAttributes.
import type { VerificationStatus } from '@aws-sdk/client-ses'
import { isRefusal } from '../../../../model/refusal.ts'
import { domainToken } from '../../../../resources/domain-token.ts'
import type { V1Operation } from '../operation.ts'
import { v1Spelling } from '../v1-spelling.ts'
import { readIdentities } from './read-identities.ts'

export const getIdentityVerificationAttributes: V1Operation<'GetIdentityVerificationAttributes'> = async (input, _call, { store, sealer }) => {
  const attributes = await readIdentities(store, input.Identities, ({ kind, name, verification }) => ({
    VerificationStatus: v1Spelling<VerificationStatus>(verification),
    ...(kind === 'DOMAIN' ? { VerificationToken: domainToken(sealer, name) } : {}),
  }))
  return isRefusal(attributes) ? attributes : { VerificationAttributes: attributes }
}
