// UpdateAccountSendingEnabled: pauses or resumes the whole account. Absent means false.
import { putAccountSendingAttributes } from '../../ses/account/put-account-sending-attributes.ts'
import type { V1Operation } from '../operation.ts'

export const updateAccountSendingEnabled: V1Operation<'UpdateAccountSendingEnabled'> = ({ Enabled }, call, parts) =>
  putAccountSendingAttributes({ SendingEnabled: Enabled ?? false }, call, parts)
