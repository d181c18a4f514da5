// The operations of the SES v1 client that are not offered, each with the reason that the caller is told. With the registry
// (index.ts) these are all operations of the client; a test proves it.
import type { NotOffered } from '../ses/not-offered.ts'

const inbound = 'receiving mail is not what this service does'
const later = 'it is not built yet'
const old = 'it was replaced by the identity calls: ListIdentities and DeleteIdentity'
const policies = later
const topics = 'use event destinations of a configuration set'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'CloneReceiptRuleSet', reason: inbound },
  { operation: 'CreateConfigurationSetEventDestination', reason: later },
  { operation: 'CreateCustomVerificationEmailTemplate', reason: later },
  { operation: 'CreateReceiptFilter', reason: inbound },
  { operation: 'CreateReceiptRule', reason: inbound },
  { operation: 'CreateReceiptRuleSet', reason: inbound },
  { operation: 'CreateTemplate', reason: later },
  { operation: 'DeleteConfigurationSetEventDestination', reason: later },
  { operation: 'DeleteCustomVerificationEmailTemplate', reason: later },
  { operation: 'DeleteIdentityPolicy', reason: policies },
  { operation: 'DeleteReceiptFilter', reason: inbound },
  { operation: 'DeleteReceiptRule', reason: inbound },
  { operation: 'DeleteReceiptRuleSet', reason: inbound },
  { operation: 'DeleteTemplate', reason: later },
  { operation: 'DeleteVerifiedEmailAddress', reason: old },
  { operation: 'DescribeActiveReceiptRuleSet', reason: inbound },
  { operation: 'DescribeReceiptRule', reason: inbound },
  { operation: 'DescribeReceiptRuleSet', reason: inbound },
  { operation: 'GetCustomVerificationEmailTemplate', reason: later },
  { operation: 'GetIdentityPolicies', reason: policies },
  { operation: 'GetTemplate', reason: later },
  { operation: 'ListCustomVerificationEmailTemplates', reason: later },
  { operation: 'ListIdentityPolicies', reason: policies },
  { operation: 'ListReceiptFilters', reason: inbound },
  { operation: 'ListReceiptRuleSets', reason: inbound },
  { operation: 'ListTemplates', reason: later },
  { operation: 'ListVerifiedEmailAddresses', reason: old },
  { operation: 'PutIdentityPolicy', reason: policies },
  { operation: 'ReorderReceiptRuleSet', reason: inbound },
  { operation: 'SendBounce', reason: inbound },
  { operation: 'SendBulkTemplatedEmail', reason: later },
  { operation: 'SendCustomVerificationEmail', reason: later },
  { operation: 'SendTemplatedEmail', reason: later },
  { operation: 'SetActiveReceiptRuleSet', reason: inbound },
  { operation: 'SetIdentityHeadersInNotificationsEnabled', reason: topics },
  { operation: 'SetIdentityNotificationTopic', reason: topics },
  { operation: 'SetReceiptRulePosition', reason: inbound },
  { operation: 'TestRenderTemplate', reason: later },
  { operation: 'UpdateConfigurationSetEventDestination', reason: later },
  { operation: 'UpdateCustomVerificationEmailTemplate', reason: later },
  { operation: 'UpdateReceiptRule', reason: inbound },
  { operation: 'UpdateTemplate', reason: later },
]
