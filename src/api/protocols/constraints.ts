// What the SDK's schemas do not say of members: lengths, ranges, patterns, and which faults are spoken by the operation itself
// because the service has a sentence of its own for them. Source: ses.md Appendix A (model), §1.3, §1.6, §5 and Appendix B.

/** A row; lengths count characters of a text, elements of a list, keys of a map. */
export interface Constraint {
  readonly length?: readonly [min: number, max: number]
  readonly range?: readonly [min: number, max: number]
  /** Of the whole text. */
  readonly pattern?: string
  /** Of each element of a list or each value of a map. */
  readonly elementLength?: readonly [min: number, max: number]
  /** The fault repeats the value, as the service does for page sizes and tokens. Never for a secret. */
  readonly showsValue?: true
  /** `missing`: absence is judged by the operation. `value`: also an unknown enumeration value is. */
  readonly operationJudges?: 'missing' | 'value'
}

const any = Number.POSITIVE_INFINITY
const given: Constraint = { length: [1, any] }
const tenantNameJudged: Constraint = { operationJudges: 'missing' } // `TenantName cannot be empty`
const page: Constraint = { range: [1, 100], showsValue: true }
const token: Constraint = { length: [1, any], showsValue: true }
const filterValues: Constraint = { elementLength: [1, 512] }

/** By structure and member. */
export const constraints: Readonly<Record<string, Constraint>> = {
  // tenants
  'CreateTenantRequest.TenantName': given,
  'GetTenantRequest.TenantName': tenantNameJudged,
  'DeleteTenantRequest.TenantName': tenantNameJudged,
  'CreateTenantResourceAssociationRequest.TenantName': tenantNameJudged,
  'CreateTenantResourceAssociationRequest.ResourceArn': given,
  'DeleteTenantResourceAssociationRequest.TenantName': tenantNameJudged,
  'DeleteTenantResourceAssociationRequest.ResourceArn': given,
  'PutTenantSuppressionAttributesRequest.TenantName': tenantNameJudged,
  'ListTenantsRequest.Filter': { elementLength: [1, any] },
  'ListTenantsRequest.NextToken': token,
  'ListTenantsRequest.PageSize': page,
  'ListTenantResourcesRequest.TenantName': tenantNameJudged,
  'ListTenantResourcesRequest.Filter': filterValues,
  'ListTenantResourcesRequest.NextToken': token,
  'ListTenantResourcesRequest.PageSize': page,
  'ListResourceTenantsRequest.ResourceArn': given,
  'ListResourceTenantsRequest.NextToken': token,
  'ListResourceTenantsRequest.PageSize': page,
  // reputation
  'GetReputationEntityRequest.ReputationEntityReference': given,
  'UpdateReputationEntityCustomerManagedStatusRequest.ReputationEntityReference': given,
  'UpdateReputationEntityPolicyRequest.ReputationEntityReference': given,
  'UpdateReputationEntityPolicyRequest.ReputationEntityPolicy': given,
  'ListReputationEntitiesRequest.Filter': filterValues,
  'ListRecommendationsRequest.Filter': { length: [1, 2], elementLength: [1, 512] },
  // identities
  'CreateEmailIdentityRequest.EmailIdentity': given,
  'DeleteEmailIdentityRequest.EmailIdentity': given,
  'GetEmailIdentityRequest.EmailIdentity': given,
  'ListEmailIdentitiesRequest.Filter': { elementLength: [1, any] },
  'CreateEmailIdentityPolicyRequest.PolicyName': { length: [1, 64] },
  'CreateEmailIdentityPolicyRequest.Policy': given,
  'UpdateEmailIdentityPolicyRequest.PolicyName': { length: [1, 64] },
  'UpdateEmailIdentityPolicyRequest.Policy': given,
  'DeleteEmailIdentityPolicyRequest.PolicyName': { length: [1, 64] },
  'DkimSigningAttributes.DomainSigningSelector': { length: [1, 63], pattern: '(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\\-]*[a-zA-Z0-9]))' },
  'DkimSigningAttributes.DomainSigningPrivateKey': { length: [1, 20_480], pattern: '[a-zA-Z0-9+\\/]+={0,2}' },
  // configuration sets: the service has sentences of its own for a missing name or domain and for reasons of a put
  'CreateConfigurationSetRequest.ConfigurationSetName': { operationJudges: 'missing' },
  'TrackingOptions.CustomRedirectDomain': { operationJudges: 'missing' },
  'TrackingOptions.HttpsPolicy': { operationJudges: 'value' },
  'PutConfigurationSetTrackingOptionsRequest.HttpsPolicy': { operationJudges: 'value' },
  'PutConfigurationSetSuppressionOptionsRequest.SuppressedReasons': { operationJudges: 'value' },
  'ListConfigurationSetsRequest.Filter': { elementLength: [1, any] },
  'DeliveryOptions.MaxDeliverySeconds': { range: [300, 50_400], showsValue: true },
  'PutConfigurationSetDeliveryOptionsRequest.MaxDeliverySeconds': { range: [300, 50_400], showsValue: true },
  'ArchivingOptions.ArchiveArn': {
    length: [20, 1_011],
    pattern: 'arn:(aws|aws-[a-z-]+):ses:[a-z]{2,4}-[a-z-]+-[0-9]:[0-9]{1,20}:mailmanager-archive\\/a-[a-z0-9]{24,62}',
  },
  // dedicated addresses: the service has sentences of its own
  'CreateDedicatedIpPoolRequest.PoolName': { operationJudges: 'missing' },
  'CreateDedicatedIpPoolRequest.ScalingMode': { operationJudges: 'value' },
  'PutDedicatedIpPoolScalingAttributesRequest.ScalingMode': { operationJudges: 'value' },
  'PutDedicatedIpInPoolRequest.DestinationPoolName': { operationJudges: 'missing' },
  'PutDedicatedIpWarmupAttributesRequest.WarmupPercentage': { operationJudges: 'missing' },
  // suppression lists
  'DeleteSuppressedDestinationRequest.TenantName': given,
  'GetSuppressedDestinationRequest.TenantName': given,
  'ListSuppressedDestinationsRequest.TenantName': given,
  'PutSuppressedDestinationRequest.TenantName': given,
  // account; the list's elements and the form of the URL are judged by the operation
  'PutAccountDetailsRequest.WebsiteURL': { length: [1, 1_000] },
  'PutAccountDetailsRequest.UseCaseDescription': { length: [0, 5_000] },
  'PutAccountDetailsRequest.AdditionalContactEmailAddresses': { length: [1, 4], elementLength: [6, 254] },
  // recommendations and metrics
  'ListRecommendationsRequest.NextToken': token,
  'ListRecommendationsRequest.PageSize': page,
  'BatchGetMetricDataRequest.Queries': { length: [1, 10] },
  'BatchGetMetricDataQuery.Id': { length: [1, 255] },
  'BatchGetMetricDataQuery.Dimensions': { length: [1, 3] },
  // imports and exports; which URLs an import may have is judged by the operation
  'GetImportJobRequest.JobId': given,
  'GetExportJobRequest.JobId': given,
  'CancelExportJobRequest.JobId': given,
  'ListImportJobsRequest.NextToken': token,
  'ListImportJobsRequest.PageSize': page,
  'ExportDestination.S3Url': { pattern: 's3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)' },
  'MetricsDataSource.Dimensions': { length: [1, 3], elementLength: [1, 10] },
  'MetricsDataSource.Metrics': { length: [1, 10] },
  'MessageInsightsDataSource.MaxResults': { range: [1, 10_000], showsValue: true },
  'MessageInsightsFilters.FromEmailAddress': { length: [0, 5], elementLength: [1, 320] },
  'MessageInsightsFilters.Destination': { length: [0, 5], elementLength: [1, 320] },
  'MessageInsightsFilters.Subject': { length: [0, 1], elementLength: [1, 998] },
  'MessageInsightsFilters.Isp': { length: [0, 5] },
  'MessageInsightsFilters.TenantName': { length: [0, 5], elementLength: [1, any] },
  'MessageInsightsFilters.LastDeliveryEvent': { length: [0, 5] },
  'MessageInsightsFilters.LastEngagementEvent': { length: [0, 2] },
  // tags
  'ListTagsForResourceRequest.ResourceArn': given,
  'TagResourceRequest.ResourceArn': given,
  'UntagResourceRequest.ResourceArn': given,
  // sending
  'SendEmailRequest.TenantName': given,
  'SendEmailRequest.FromEmailAddressIdentityArn': given,
  'SendEmailRequest.FeedbackForwardingEmailAddressIdentityArn': given,
  'SendBulkEmailRequest.TenantName': given,
  'SendBulkEmailRequest.FromEmailAddressIdentityArn': given,
  'SendBulkEmailRequest.FeedbackForwardingEmailAddressIdentityArn': given,
  'BulkEmailEntry.ReplacementHeaders': { length: [0, 15] },
  'Message.Headers': { length: [0, 15] },
  'MessageHeader.Name': { length: [1, 126], pattern: '[!-9;-@A-~]+' },
  'MessageHeader.Value': { length: [1, 995], pattern: '[ -~]*' },
  'Attachment.FileName': { length: [0, 255] },
  'Attachment.ContentDescription': { length: [0, 1_000] },
  'Attachment.ContentId': { length: [1, 78] },
  'Attachment.ContentType': { length: [1, 78] },
  'Template.TemplateName': given,
  'Template.TemplateArn': given,
  'Template.TemplateData': { length: [0, 262_144] },
  'Template.Headers': { length: [0, 15] },
  'ReplacementTemplate.ReplacementTemplateData': { length: [0, 262_144] },
  // templates
  'CreateEmailTemplateRequest.TemplateName': given,
  'DeleteEmailTemplateRequest.TemplateName': given,
  'GetEmailTemplateRequest.TemplateName': given,
  'UpdateEmailTemplateRequest.TemplateName': given,
  'TestRenderEmailTemplateRequest.TemplateName': given,
  'TestRenderEmailTemplateRequest.TemplateData': { length: [0, 262_144] },
  'CreateCustomVerificationEmailTemplateRequest.TemplateName': given,
  'DeleteCustomVerificationEmailTemplateRequest.TemplateName': given,
  'GetCustomVerificationEmailTemplateRequest.TemplateName': given,
  'UpdateCustomVerificationEmailTemplateRequest.TemplateName': given,
  'SendCustomVerificationEmailRequest.TemplateName': given,
}

/** Orders in which the service's texts name the values; other enumerations are named in the SDK's order. */
export const valueOrder: Readonly<Record<string, readonly string[]>> = {
  SendingStatus: ['ENABLED', 'REINSTATED', 'DISABLED'],
  SubscriptionStatus: ['OPT_OUT', 'OPT_IN'],
  SuppressionListScope: ['TENANT', 'ACCOUNT'],
}
