// ListVerifiedEmailAddresses: what applications asked before there were identities. It has no pages, so its answer is bounded.
import { identities, isVerified } from '../../../../resources/identities.ts'
import { listPage } from '../../../../resources/list-page.ts'
import type { V1Operation } from '../operation.ts'
import { v1PageSizeMax } from '../v1-page.ts'

export const listVerifiedEmailAddresses: V1Operation<'ListVerifiedEmailAddresses'> = async (_input, _call, { store }) => {
  const { records } = await listPage(store, identities, {
    after: undefined,
    limit: v1PageSizeMax,
    keep: (identity) => identity.kind === 'EMAIL_ADDRESS' && isVerified(identity),
  })
  return { VerifiedEmailAddresses: records.map(({ key }) => key) }
}
