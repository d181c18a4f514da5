// Pages of the lists of v1. Source: SES API reference v1, ListIdentities: 1 … 1,000 items.
import type { Constraint } from '../../protocols/constraints.ts'

/** Items of a page; also of one whose size was not asked for, because old clients do not page. */
export const v1PageSizeMax = 1_000

const items: Constraint = { range: [1, v1PageSizeMax], showsValue: true }

/** What the schemas do not say of members of v1. */
export const v1Constraints: Readonly<Record<string, Constraint>> = {
  'ListConfigurationSetsRequest.MaxItems': items,
  'ListIdentitiesRequest.MaxItems': items,
}
