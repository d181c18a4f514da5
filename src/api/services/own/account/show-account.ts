// ShowAccount: sandbox or production, quota and rate, and the request that waits for the operator.
import type { OwnOperation } from '../../../own-operation.ts'
import { accountAnswer } from './account-wire.ts'

/** GET /bulkhead/v1/account */
export const showAccount: OwnOperation = {
  name: 'ShowAccount',
  method: 'GET',
  path: '/bulkhead/v1/account',
  handle: (_request, _call, parts) => accountAnswer(parts),
}
