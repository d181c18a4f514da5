// ListIdentities, by name.
import { isRefusal } from '../../../../model/refusal.ts'
import { listEmailIdentities } from '../../ses/identities/list-email-identities.ts'
import type { V1Operation } from '../operation.ts'
import { v1PageSizeMax } from '../v1-page.ts'
import { v2Spelling } from '../v1-spelling.ts'

export const listIdentities: V1Operation<'ListIdentities'> = async (input, call, parts) => {
  const Filter = input.IdentityType ? { IDENTITY_TYPE: v2Spelling(input.IdentityType) } : undefined
  const page = await listEmailIdentities({ PageSize: input.MaxItems ?? v1PageSizeMax, NextToken: input.NextToken, Filter }, call, parts)
  if (isRefusal(page)) return page
  return { Identities: (page.EmailIdentities ?? []).map(({ IdentityName = '' }) => IdentityName), NextToken: page.NextToken ?? undefined }
}
