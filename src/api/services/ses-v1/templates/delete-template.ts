// DeleteTemplate. Unlike in v2 it is no fault to delete what is not there.
import { deleteEmailTemplate } from '../../ses/templates/delete-email-template.ts'
import type { V1Operation } from '../operation.ts'
import { orAbsent } from '../or-absent.ts'

export const deleteTemplate: V1Operation<'DeleteTemplate'> = async (input, call, parts) =>
  orAbsent(await deleteEmailTemplate({ TemplateName: input.TemplateName }, call, parts))
