// DeleteEmailIdentity; refused while a tenant holds it.
import { sesArn } from '../../../../model/arn.ts'
import { isRefusal } from '../../../../model/refusal.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import { removeIdentity, requireIdentity } from '../../../../resources/put-identity.ts'
import type { Operation } from '../../../operation.ts'
import { deleteUnassociated } from '../delete-unassociated.ts'

export const deleteEmailIdentity: Operation<'DeleteEmailIdentity'> = async (input, _call, { store, clock, home, statusChanged }) => {
  const arn = sesArn(home, 'identity', identityKey(input.EmailIdentity ?? ''))
  const refusal = await deleteUnassociated({ store, clock }, arn, async () => {
    const stored = await requireIdentity(store, input.EmailIdentity)
    return isRefusal(stored) ? stored : { answer: undefined, changes: removeIdentity(stored) }
  })
  if (refusal) return refusal
  statusChanged()
  return {}
}
