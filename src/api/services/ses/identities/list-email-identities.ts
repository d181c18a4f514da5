// ListEmailIdentities, by name. Its old GET route has no filter and the same tokens.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { identities, type IdentityRecord, isVerified } from '../../../../resources/identities.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { Operation } from '../../../operation.ts'
import { readFilter } from '../filter.ts'
import { identityPaging, readPage } from '../paging.ts'

const values: Record<string, readonly string[]> = {
  IDENTITY_TYPE: ['EMAIL_ADDRESS', 'DOMAIN', 'MANAGED_DOMAIN'],
  VERIFICATION_STATUS: ['PENDING', 'SUCCESS', 'FAILED', 'TEMPORARY_FAILURE', 'NOT_STARTED'],
}

export const listEmailIdentities: Operation<'ListEmailIdentities'> = async (input, _call, { store, sealer, home }) => {
  const filter = readFilter(input.Filter, ['IDENTITY_NAME_CONTAINS', 'IDENTITY_TYPE', 'VERIFICATION_STATUS'])
  if (isRefusal(filter)) return filter
  for (const [key, known] of Object.entries(values)) {
    const value = filter[key as keyof typeof filter]
    if (value !== undefined && !known.includes(value))
      return refuse('InvalidRequest', { text: `Invalid value ${value} for filter ${key}. Valid values are: ${known.join(', ')}` })
  }
  const { IDENTITY_NAME_CONTAINS: part, IDENTITY_TYPE: type, VERIFICATION_STATUS: status } = filter
  const page = readPage(input, identityPaging, { sealer, home }, 'identities', part ?? '', type ?? '', status ?? '')
  if (isRefusal(page)) return page
  const wanted = part?.toLowerCase()
  const keep = (identity: IdentityRecord) =>
    (wanted === undefined || identity.name.toLowerCase().includes(wanted)) &&
    (type === undefined || identity.kind === type) &&
    (status === undefined || identity.verification === status)
  const { records, next } = await listPage(store, identities, {
    after: page.after,
    limit: page.limit,
    ...((part ?? type ?? status) === undefined ? {} : { keep }),
  })
  const token = page.tokenFor(next)
  return {
    EmailIdentities: records.map(({ value }) => ({
      IdentityType: value.kind,
      IdentityName: value.name,
      SendingEnabled: isVerified(value),
      VerificationStatus: value.verification,
    })),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
