// What a batch of records changes on the account's suppression list.
import {
  suppressedAddresses,
  suppressionAddress,
  suppressionKey,
  listAddress,
  type SuppressedAddress,
  unlistAddress,
  usedSuppressionLists,
} from '../resources/suppression-list.ts'
import type { Change, Store } from '../storage/store.ts'
import type { BatchDecision } from './batch-decision.ts'
import type { ReadRecord } from './read-records.ts'

/** Decides a batch; conflicts when an entry changed meanwhile: decide anew. A later record about an address wins. */
export async function decideSuppression(
  store: Pick<Store, 'get'>,
  records: readonly ReadRecord[],
  { action, now }: { action: 'PUT' | 'DELETE'; now: number },
): Promise<BatchDecision> {
  const faults = new Map<ReadRecord, string>()
  const wanted = new Map<string, SuppressedAddress | undefined>()
  for (const read of records) {
    if ('fault' in read.record) {
      faults.set(read, read.record.fault)
      continue
    }
    const { address, isAddress } = suppressionAddress(read.record.address)
    if (!isAddress) {
      faults.set(read, address === '' ? "EmailAddress can't be blank." : 'EmailAddress is invalid')
    } else if (action === 'PUT') {
      wanted.set(address, { address, reason: read.record.reason ?? 'BOUNCE', updatedAt: now, messageId: undefined, feedbackId: undefined })
    } else if (wanted.has(address) || !(await store.get(suppressedAddresses, suppressionKey('account', address)))) {
      faults.set(read, 'The address does not exist on your suppression list.')
    } else wanted.set(address, undefined)
  }
  const changes: Change[] = []
  for (const [address, entry] of wanted) {
    const before = await store.get(suppressedAddresses, suppressionKey('account', address))
    if (entry) changes.push(...listAddress('account', entry, before))
    else if (before) changes.push(...unlistAddress('account', before))
  }
  // Every new entry says that the list is in use; once is enough.
  const said = changes.find(({ type, ...rest }) => type === 'put' && 'collection' in rest && rest.collection === usedSuppressionLists)
  return { changes: changes.filter((change) => change === said || !('collection' in change) || change.collection !== usedSuppressionLists), faults }
}
