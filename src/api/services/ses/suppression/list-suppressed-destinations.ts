// ListSuppressedDestinations, oldest first. Both reasons together are the same as none.
import { isRefusal } from '../../../../model/refusal.ts'
import { findSuppressionList } from '../../../../resources/find-suppression-list.ts'
import { listSuppressed } from '../../../../resources/suppression-list.ts'
import type { Operation } from '../../../operation.ts'
import { readPage, suppressionPaging } from '../paging.ts'

export const listSuppressedDestinations: Operation<'ListSuppressedDestinations'> = async (input, _call, { store, sealer, home }) => {
  const reasons = [...new Set(input.Reasons ?? [])]
  const selection = {
    reason: reasons.length === 1 ? reasons[0] : undefined,
    from: input.StartDate?.getTime(),
    until: input.EndDate?.getTime(),
  }
  const named = await findSuppressionList(store, input.TenantName)
  if (isRefusal(named)) return named
  const selected = [selection.reason, selection.from, selection.until].map((part) => String(part ?? ''))
  const page = readPage(input, suppressionPaging, { sealer, home }, 'ListSuppressedDestinations', named.list, ...selected)
  if (isRefusal(page)) return page
  const { records, next } = await listSuppressed(store, named.list, selection, page)
  const token = page.tokenFor(next)
  return {
    SuppressedDestinationSummaries: records.map(({ value }) => ({
      EmailAddress: value.address,
      Reason: value.reason,
      LastUpdateTime: new Date(value.updatedAt),
    })),
    ...(token === undefined ? {} : { NextToken: token }),
  }
}
