// DeleteIdentityPolicy. Unlike in v2 it is no fault to delete what is not there.
import { deleteEmailIdentityPolicy } from '../../ses/identities/delete-email-identity-policy.ts'
import type { V1Operation } from '../operation.ts'
import { orAbsent } from '../or-absent.ts'

export const deleteIdentityPolicy: V1Operation<'DeleteIdentityPolicy'> = async (input, call, parts) =>
  orAbsent(await deleteEmailIdentityPolicy({ EmailIdentity: input.Identity, PolicyName: input.PolicyName }, call, parts))
