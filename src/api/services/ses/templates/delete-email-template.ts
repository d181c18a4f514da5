// DeleteEmailTemplate; refused while a tenant holds it.
import { sesArn } from '../../../../model/arn.ts'
import { isRefusal } from '../../../../model/refusal.ts'
import { removeTemplate, requireTemplate } from '../../../../resources/templates.ts'
import type { Operation } from '../../../operation.ts'
import { deleteUnassociated } from '../delete-unassociated.ts'

export const deleteEmailTemplate: Operation<'DeleteEmailTemplate'> = async (input, _call, { store, clock, home }) => {
  const name = input.TemplateName ?? ''
  const refusal = await deleteUnassociated({ store, clock }, sesArn(home, 'template', name), async () => {
    const stored = await requireTemplate(store, name)
    return isRefusal(stored) ? stored : { answer: undefined, changes: await removeTemplate(store, stored) }
  })
  return refusal ?? {}
}
