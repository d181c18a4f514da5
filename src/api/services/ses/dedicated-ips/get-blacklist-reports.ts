// GetBlacklistReports, from what the block list watch keeps. Only our own addresses and EHLO names can be asked about; one that stands on no
// list, or of which nothing is known yet, has an empty report.
import type { BlacklistEntry } from '@aws-sdk/client-sesv2'
import { refuse } from '../../../../model/refusal.ts'
import { readOpenListings } from '../../../../resources/block-listings.ts'
import { blacklistItemsMax } from '../../../limits.ts'
import type { Operation } from '../../../operation.ts'

export const getBlacklistReports: Operation<'GetBlacklistReports'> = async (input, _call, { store, egress, egressNames }) => {
  const items = [...new Set(input.BlacklistItemNames ?? [])]
  if (items.length > blacklistItemsMax) return refuse('InvalidRequest', { text: `BlacklistItemNames can name at most ${blacklistItemsMax} addresses.` })
  const strange = items.find((item) => !egress.includes(item) && !egressNames.includes(item))
  if (strange !== undefined) return refuse('NotFound', { text: `Could not find dedicated IP <${strange}> under this account.` })
  const report: Record<string, BlacklistEntry[]> = {}
  for (const item of items) {
    const listings = await readOpenListings(store, item)
    report[item] = listings.map(({ list, firstSeenAt, description }) => ({ RblName: list, ListingTime: new Date(firstSeenAt), Description: description }))
  }
  return { BlacklistReport: report }
}
