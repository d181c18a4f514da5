// VerifyEmailAddress: the old name of VerifyEmailIdentity.
import type { V1Operation } from '../operation.ts'
import { verifyEmailIdentity } from './verify-email-identity.ts'

export const verifyEmailAddress: V1Operation<'VerifyEmailAddress'> = (input, call, parts) => verifyEmailIdentity(input, call, parts)
