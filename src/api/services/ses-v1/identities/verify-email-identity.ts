// VerifyEmailIdentity: asks the owner of an address by mail.
import { isRefusal } from '../../../../model/refusal.ts'
import type { V1Operation } from '../operation.ts'
import { startVerifying } from './start-verifying.ts'

export const verifyEmailIdentity: V1Operation<'VerifyEmailIdentity'> = async (input, _call, parts) => {
  const identity = await startVerifying(parts, input.EmailAddress, 'EMAIL_ADDRESS')
  return isRefusal(identity) ? identity : {}
}
