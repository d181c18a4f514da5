// SetIdentityMailFromDomain: an empty or absent domain clears it.
import { putEmailIdentityMailFromAttributes } from '../../ses/identities/put-email-identity-mail-from-attributes.ts'
import type { V1Operation } from '../operation.ts'
import { v2Spelling } from '../v1-spelling.ts'

export const setIdentityMailFromDomain: V1Operation<'SetIdentityMailFromDomain'> = (input, call, parts) =>
  putEmailIdentityMailFromAttributes(
    {
      EmailIdentity: input.Identity,
      MailFromDomain: input.MailFromDomain,
      BehaviorOnMxFailure: input.BehaviorOnMXFailure && v2Spelling<'USE_DEFAULT_VALUE' | 'REJECT_MESSAGE'>(input.BehaviorOnMXFailure),
    },
    call,
    parts,
  )
