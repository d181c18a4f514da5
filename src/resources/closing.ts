// Deleting a resource that others may refer to at the same moment. A tenant's association requires that the resource is not closing, so
// after `announceClosing` is durable no new association can appear and the search for existing ones is final. Neither side ever
// writes the resource's own record for this, so 100,000 tenants can share one identity without waiting for each other.
import { type Change, collection, compositeKey, type Store } from '../storage/store.ts'
import { associationsByResource } from './associations.ts'
import { refuse, type Refusal } from '../model/refusal.ts'
import { closingMsMax } from './limits.ts'

/** Resources that are being deleted, by ARN. */
export const closingResources = collection<{ readonly since: number }>('closing-resource')

/** Says that a resource is about to go. A repeat takes the announcement over. */
export function announceClosing(arn: string, now: number): Change {
  return { type: 'put', collection: closingResources, key: arn, value: { since: now } }
}

/**
 * Changes that let a reference to a resource be written: it must not be closing. An announcement that its process never finished is removed.
 * @returns undefined while a deletion is under way.
 */
export async function requireNotClosing(store: Pick<Store, 'get'>, arn: string, now: number): Promise<readonly Change[] | undefined> {
  const closing = await store.get(closingResources, arn)
  if (!closing) return [{ type: 'require', collection: closingResources, key: arn, expect: 'absent' }]
  if (now - closing.value.since < closingMsMax) return undefined
  return [{ type: 'remove', collection: closingResources, key: arn, expect: closing.version }]
}

/** The refusal to delete a resource that a tenant holds, or undefined when none does. */
export async function refuseWhileAssociated(store: Pick<Store, 'list'>, arn: string): Promise<Refusal | undefined> {
  const held = await store.list(associationsByResource, { prefix: compositeKey(arn, ''), limit: 1 })
  return held.length === 0
    ? undefined
    : refuse('InvalidRequest', { text: `Cannot delete <${arn}> because it has tenant associations. Remove all tenant associations and try again.` })
}
