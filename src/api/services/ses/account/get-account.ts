// GetAccount. A service on one's own machine has no sandbox; a quota of -1 is SES's own spelling of "no limit".
import type { AccountDetails, VdmAttributes } from '@aws-sdk/client-sesv2'
import { type AccountRecord, readAccount } from '../../../../resources/account.ts'
import type { Operation } from '../../../operation.ts'

export const getAccount: Operation<'GetAccount'> = async (_input, _call, { store, sentLast24Hours }) => {
  const { value } = await readAccount(store)
  const { details, vdm } = value
  return {
    DedicatedIpAutoWarmupEnabled: value.dedicatedIpAutoWarmup,
    EnforcementStatus: 'HEALTHY',
    ProductionAccessEnabled: true,
    SendQuota: { Max24HourSend: -1, MaxSendRate: -1, SentLast24Hours: sentLast24Hours() },
    SendingEnabled: value.sendingEnabled,
    SuppressionAttributes: { SuppressedReasons: [...value.suppressedReasons] },
    ...(details ? { Details: wireDetails(details) } : {}),
    ...(vdm ? { VdmAttributes: wireVdm(vdm) } : {}),
  }
}

function wireDetails(details: NonNullable<AccountRecord['details']>): AccountDetails {
  return {
    MailType: details.mailType,
    WebsiteURL: details.websiteUrl,
    ...(details.contactLanguage === undefined ? {} : { ContactLanguage: details.contactLanguage }),
    ...(details.useCaseDescription === undefined ? {} : { UseCaseDescription: details.useCaseDescription }),
    ...(details.additionalContacts.length === 0 ? {} : { AdditionalContactEmailAddresses: [...details.additionalContacts] }),
    ReviewDetails: { Status: 'GRANTED' },
  }
}

function wireVdm({ enabled, engagementMetrics, optimizedSharedDelivery }: NonNullable<AccountRecord['vdm']>): VdmAttributes {
  return {
    VdmEnabled: enabled,
    ...(engagementMetrics === undefined ? {} : { DashboardAttributes: { EngagementMetrics: engagementMetrics } }),
    ...(optimizedSharedDelivery === undefined ? {} : { GuardianAttributes: { OptimizedSharedDelivery: optimizedSharedDelivery } }),
  }
}
