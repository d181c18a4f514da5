// GetAccountSendingEnabled.
import { readAccount } from '../../../../resources/account.ts'
import type { V1Operation } from '../operation.ts'

export const getAccountSendingEnabled: V1Operation<'GetAccountSendingEnabled'> = async (_input, _call, { store }) => ({
  Enabled: (await readAccount(store)).value.sendingEnabled,
})
