// GetSendQuota: what GetAccount of v2 says.
import { isRefusal } from '../../../../model/refusal.ts'
import { getAccount } from '../../ses/account/get-account.ts'
import type { V1Operation } from '../operation.ts'

export const getSendQuota: V1Operation<'GetSendQuota'> = async (_input, call, parts) => {
  const account = await getAccount({}, call, parts)
  return isRefusal(account) ? account : { ...account.SendQuota }
}
