// GetCallerIdentity: what every tool of AWS asks first. No permission is needed for it.
import type * as sdk from '@aws-sdk/client-sts'
import type { OperationOf } from '../../operation.ts'

export const getCallerIdentity: OperationOf<typeof sdk, 'GetCallerIdentity'> = async (_input, { principal }, { home }) => ({
  // SES's root has the account as its user id; a user of ours has its name.
  UserId: principal.arn.endsWith(':root') ? home.accountId : principal.name,
  Account: home.accountId,
  Arn: principal.arn,
})
