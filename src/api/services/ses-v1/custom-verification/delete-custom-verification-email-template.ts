// DeleteCustomVerificationEmailTemplate. Unlike in v2 it is no fault to delete what is not there.
import { deleteCustomVerificationEmailTemplate as remove } from '../../ses/custom-verification/delete-custom-verification-email-template.ts'
import type { V1Operation } from '../operation.ts'
import { orAbsent } from '../or-absent.ts'

export const deleteCustomVerificationEmailTemplate: V1Operation<'DeleteCustomVerificationEmailTemplate'> = async (input, call, parts) =>
  orAbsent(await remove(input, call, parts))
