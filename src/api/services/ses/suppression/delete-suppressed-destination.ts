// DeleteSuppressedDestination; an address that is not on the list is a fault.
import { isRefusal } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { findSuppressionList, notOnSuppressionList } from '../../../../resources/find-suppression-list.ts'
import { suppressedAddresses, suppressionAddress, suppressionKey, unlistAddress } from '../../../../resources/suppression-list.ts'
import type { Operation } from '../../../operation.ts'

export const deleteSuppressedDestination: Operation<'DeleteSuppressedDestination'> = async (input, _call, { store }) => {
  const { address } = suppressionAddress(input.EmailAddress ?? '')
  const refusal = await commitDecision(store, async () => {
    const named = await findSuppressionList(store, input.TenantName)
    if (isRefusal(named)) return named
    const stored = await store.get(suppressedAddresses, suppressionKey(named.list, address))
    return stored ? { answer: undefined, changes: unlistAddress(named.list, stored) } : notOnSuppressionList(named, address)
  })
  return isRefusal(refusal) ? refusal : {}
}
