// PutAccountReview: the operator ends the review that PutAccountDetails opened. Granting is the way out of the sandbox.
import { refuse } from '../../../../model/refusal.ts'
import { planReviewEnd } from '../../../../resources/account-access.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { changedAccount } from './account-wire.ts'

/** PUT /bulkhead/v1/account/review?Status=GRANTED|DENIED */
export const putAccountReview: OwnOperation = {
  name: 'PutAccountReview',
  method: 'PUT',
  path: '/bulkhead/v1/account/review',
  async handle({ query }, _call, parts) {
    const status = query.get('Status')
    if (status !== 'GRANTED' && status !== 'DENIED') return refuse('InvalidRequest', { text: 'Status must be GRANTED or DENIED.' })
    return changedAccount(parts, () => planReviewEnd(parts.store, parts.accountDefaults, status))
  },
}
