// DeleteEmailIdentity; refused while a tenant holds it, or a replica elsewhere signs with its key.
import { sesArn } from '../../../../model/arn.ts'
import { isRefusal } from '../../../../model/refusal.ts'
import { removeWithLeases } from '../../../../resources/dkim-replicas.ts'
import { identityKey } from '../../../../resources/identity-name.ts'
import { requireIdentity } from '../../../../resources/put-identity.ts'
import type { Operation } from '../../../operation.ts'
import { deleteUnassociated } from '../delete-unassociated.ts'

export const deleteEmailIdentity: Operation<'DeleteEmailIdentity'> = async (input, _call, { store, clock, home, statusChanged }) => {
  const arn = sesArn(home, 'identity', identityKey(input.EmailIdentity ?? ''))
  const refusal = await deleteUnassociated({ store, clock }, arn, async () => {
    const stored = await requireIdentity(store, input.EmailIdentity)
    return isRefusal(stored) ? stored : removeWithLeases(store, stored, clock.now())
  })
  if (refusal) return refusal
  statusChanged()
  return {}
}
