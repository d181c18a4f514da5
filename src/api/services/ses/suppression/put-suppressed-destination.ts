// PutSuppressedDestination: puts an address on the account's list or on a tenant's; one that is there gets the new reason and time.
import { isRefusal, refuse } from '../../../../model/refusal.ts'
import { commitDecision } from '../../../../resources/commit-record.ts'
import { findSuppressionList } from '../../../../resources/find-suppression-list.ts'
import { listAddress, suppressedAddresses, suppressionAddress, suppressionKey } from '../../../../resources/suppression-list.ts'
import type { Operation } from '../../../operation.ts'

export const putSuppressedDestination: Operation<'PutSuppressedDestination'> = async (input, _call, { store, clock }) => {
  const given = input.EmailAddress ?? ''
  if (!given.trim()) return refuse('InvalidRequest', { text: "EmailAddress can't be blank." })
  const { address, isAddress } = suppressionAddress(given)
  if (!isAddress) return refuse('InvalidRequest', { text: `EmailAddress <${given}> is invalid` })
  const reason = input.Reason === 'COMPLAINT' ? 'COMPLAINT' : 'BOUNCE'
  const refusal = await commitDecision(store, async () => {
    const named = await findSuppressionList(store, input.TenantName)
    if (isRefusal(named)) return named
    const before = await store.get(suppressedAddresses, suppressionKey(named.list, address))
    const entry = { address, reason, updatedAt: clock.now(), messageId: undefined, feedbackId: undefined } as const
    return { answer: undefined, changes: [...named.require, ...listAddress(named.list, entry, before)] }
  })
  return isRefusal(refusal) ? refusal : {}
}
