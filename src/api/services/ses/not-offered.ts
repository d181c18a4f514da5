// The operations of the SES v2 client that are not offered, each with the reason that the caller is told. With the registry
// (index.ts) these are all operations of the client; a test proves it.

/** One operation that is refused. */
export interface NotOffered {
  readonly operation: string
  readonly reason: string
  /** What SES answers where the feature was never bought, for clients that handle it; left out: NotImplementedException. */
  readonly answers?: 'NotFound'
}

const awsOnly = 'it makes sense only inside AWS'
const dashboard = 'it belongs to a dashboard that only AWS sells; GetBlacklistReports and BatchGetMetricData tell what this service knows'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'AssociateEmailIdentityCertificate', reason: awsOnly },
  { operation: 'CreateDeliverabilityTestReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'CreateMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DeleteMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DisassociateEmailIdentityCertificate', reason: awsOnly },
  { operation: 'GetDeliverabilityDashboardOptions', reason: dashboard },
  { operation: 'GetDeliverabilityTestReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetDomainDeliverabilityCampaign', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetDomainStatisticsReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetMultiRegionEndpoint', reason: awsOnly },
  { operation: 'ListDeliverabilityTestReports', reason: dashboard, answers: 'NotFound' },
  { operation: 'ListDomainDeliverabilityCampaigns', reason: dashboard, answers: 'NotFound' },
  { operation: 'ListEmailIdentityCertificates', reason: awsOnly },
  { operation: 'ListMultiRegionEndpoints', reason: awsOnly },
  { operation: 'PutAccountPricingAttributes', reason: awsOnly },
  { operation: 'PutConfigurationSetArchivingOptions', reason: awsOnly },
  { operation: 'PutDeliverabilityDashboardOption', reason: dashboard, answers: 'NotFound' },
  { operation: 'UpdateConfigurationSet', reason: awsOnly },
]
