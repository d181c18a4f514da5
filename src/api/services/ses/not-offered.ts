// The operations of the SES v2 client that are not offered, each with the reason that the caller is told. With the registry
// (index.ts) these are all operations of the client; a test proves it.

/** One operation that is refused. */
export interface NotOffered {
  readonly operation: string
  readonly reason: string
}

const awsOnly = 'it makes sense only inside AWS'
const later = 'it is not built yet'

/** Sorted by operation. */
export const notOffered: readonly NotOffered[] = [
  { operation: 'AssociateEmailIdentityCertificate', reason: awsOnly },
  { operation: 'CancelExportJob', reason: later },
  { operation: 'CreateDeliverabilityTestReport', reason: awsOnly },
  { operation: 'CreateExportJob', reason: later },
  { operation: 'CreateImportJob', reason: later },
  { operation: 'CreateMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DeleteMultiRegionEndpoint', reason: awsOnly },
  { operation: 'DisassociateEmailIdentityCertificate', reason: awsOnly },
  { operation: 'GetBlacklistReports', reason: later },
  { operation: 'GetDeliverabilityDashboardOptions', reason: awsOnly },
  { operation: 'GetDeliverabilityTestReport', reason: awsOnly },
  { operation: 'GetDomainDeliverabilityCampaign', reason: awsOnly },
  { operation: 'GetDomainStatisticsReport', reason: awsOnly },
  { operation: 'GetEmailAddressInsights', reason: later },
  { operation: 'GetExportJob', reason: later },
  { operation: 'GetImportJob', reason: later },
  { operation: 'GetMultiRegionEndpoint', reason: awsOnly },
  { operation: 'ListDeliverabilityTestReports', reason: awsOnly },
  { operation: 'ListDomainDeliverabilityCampaigns', reason: awsOnly },
  { operation: 'ListEmailIdentityCertificates', reason: awsOnly },
  { operation: 'ListExportJobs', reason: later },
  { operation: 'ListImportJobs', reason: later },
  { operation: 'ListMultiRegionEndpoints', reason: awsOnly },
  { operation: 'PutAccountPricingAttributes', reason: awsOnly },
  { operation: 'PutConfigurationSetArchivingOptions', reason: awsOnly },
  { operation: 'PutDeliverabilityDashboardOption', reason: awsOnly },
  { operation: 'UpdateConfigurationSet', reason: awsOnly },
]
