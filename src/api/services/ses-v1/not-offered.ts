// The operations of the SES v1 client that are not offered, each with the reason that the caller is told. With the registry
// (index.ts) these are all operations of the client; a test proves it.
import type { NotOffered } from '../ses/not-offered.ts'

const inbound = 'receiving mail is not what this service does'
const topics = 'use event destinations of a configuration set'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'CloneReceiptRuleSet', reason: inbound },
  { operation: 'CreateReceiptFilter', reason: inbound },
  { operation: 'CreateReceiptRule', reason: inbound },
  { operation: 'CreateReceiptRuleSet', reason: inbound },
  { operation: 'DeleteReceiptFilter', reason: inbound },
  { operation: 'DeleteReceiptRule', reason: inbound },
  { operation: 'DeleteReceiptRuleSet', reason: inbound },
  { operation: 'DescribeActiveReceiptRuleSet', reason: inbound },
  { operation: 'DescribeReceiptRule', reason: inbound },
  { operation: 'DescribeReceiptRuleSet', reason: inbound },
  { operation: 'ListReceiptFilters', reason: inbound },
  { operation: 'ListReceiptRuleSets', reason: inbound },
  { operation: 'ReorderReceiptRuleSet', reason: inbound },
  { operation: 'SendBounce', reason: inbound },
  { operation: 'SetActiveReceiptRuleSet', reason: inbound },
  { operation: 'SetIdentityHeadersInNotificationsEnabled', reason: topics },
  { operation: 'SetIdentityNotificationTopic', reason: topics },
  { operation: 'SetReceiptRulePosition', reason: inbound },
  { operation: 'UpdateReceiptRule', reason: inbound },
]
