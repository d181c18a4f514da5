// DeleteIdentity. Unlike in v2 it is no fault to delete what is not there.
import { deleteEmailIdentity } from '../../ses/identities/delete-email-identity.ts'
import type { V1Operation } from '../operation.ts'
import { orAbsent } from '../or-absent.ts'

export const deleteIdentity: V1Operation<'DeleteIdentity'> = async (input, call, parts) =>
  orAbsent(await deleteEmailIdentity({ EmailIdentity: input.Identity }, call, parts))
