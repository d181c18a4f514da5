// GetSuppressedDestination. TenantName stands in every answer, as a null for the account's list (ses.md, wire basics).
import { isRefusal } from '../../../../model/refusal.ts'
import { findSuppressionList, notOnSuppressionList } from '../../../../resources/find-suppression-list.ts'
import { suppressedAddresses, suppressionAddress, suppressionKey } from '../../../../resources/suppression-list.ts'
import type { Operation } from '../../../operation.ts'

export const getSuppressedDestination: Operation<'GetSuppressedDestination'> = async (input, _call, { store }) => {
  const { address } = suppressionAddress(input.EmailAddress ?? '')
  const named = await findSuppressionList(store, input.TenantName)
  if (isRefusal(named)) return named
  const entry = (await store.get(suppressedAddresses, suppressionKey(named.list, address)))?.value
  if (!entry) return notOnSuppressionList(named, address)
  const { messageId, feedbackId } = entry
  return {
    SuppressedDestination: {
      EmailAddress: entry.address,
      Reason: entry.reason,
      LastUpdateTime: new Date(entry.updatedAt),
      ...(messageId === undefined ? {} : { Attributes: { MessageId: messageId, ...(feedbackId === undefined ? {} : { FeedbackId: feedbackId }) } }),
      // The SDK's nested type cannot say null; the real service writes it.
      TenantName: named.tenantName ?? (null as unknown as undefined),
    },
  }
}
