// ReleaseDkimReplica: a replica no longer signs with the key of its parent here.
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { endLease } from '../../../../resources/dkim-replicas.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { admitReplica, replicateAction } from './replicate-dkim-key.ts'

/** DELETE /bulkhead/v1/dkim-replicas?Identity=&ReplicaRegion=&ReplicaHost= */
export const releaseDkimReplica: OwnOperation = {
  name: 'ReleaseDkimReplica',
  action: replicateAction,
  method: 'DELETE',
  path: '/bulkhead/v1/dkim-replicas',
  async handle({ query }, call, parts): Promise<object | Refusal> {
    const replica = admitReplica(query, call, parts)
    if (isRefusal(replica)) return replica
    const outcome = await commitDecision(parts.store, () => endLease(parts.store, replica))
    return isRefusal(outcome) ? outcome : {}
  },
}
