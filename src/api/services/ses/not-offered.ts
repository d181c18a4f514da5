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
const smime = 'its only purpose is to sign with S/MIME, which this service does not do; the Put operations of configuration sets change the rest'
const certificates = 'its certificates are for S/MIME, which this service does not do'
const dashboard = 'it belongs to a dashboard that only AWS sells; GetBlacklistReports and BatchGetMetricData tell what this service knows'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'AssociateEmailIdentityCertificate', reason: certificates },
  { operation: 'CreateDeliverabilityTestReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'CreateMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DeleteMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DisassociateEmailIdentityCertificate', reason: certificates },
  { operation: 'GetDeliverabilityDashboardOptions', reason: dashboard },
  { operation: 'GetDeliverabilityTestReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetDomainDeliverabilityCampaign', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetDomainStatisticsReport', reason: dashboard, answers: 'NotFound' },
  { operation: 'GetMultiRegionEndpoint', reason: awsOnly },
  { operation: 'ListDeliverabilityTestReports', reason: dashboard, answers: 'NotFound' },
  { operation: 'ListDomainDeliverabilityCampaigns', reason: dashboard, answers: 'NotFound' },
  { operation: 'ListEmailIdentityCertificates', reason: certificates },
  { operation: 'ListMultiRegionEndpoints', reason: awsOnly },
  { operation: 'PutAccountPricingAttributes', reason: awsOnly },
  { operation: 'PutConfigurationSetArchivingOptions', reason: awsOnly },
  { operation: 'PutDeliverabilityDashboardOption', reason: dashboard, answers: 'NotFound' },
  { operation: 'UpdateConfigurationSet', reason: smime },
]
