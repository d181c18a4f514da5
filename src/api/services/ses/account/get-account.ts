// GetAccount. No limit is answered as a large number: applications subtract what was sent from Max24HourSend, pause 1/MaxSendRate seconds
// between two messages or open that many connections, and SES's own spelling of "no limit", -1, makes nonsense of all of that.
import type { AccountDetails, VdmAttributes } from '@aws-sdk/client-sesv2'
import { type AccountRecord, readAccount } from '../../../../resources/account.ts'
import { isInSandbox, sendQuotaOf, unlimited } from '../../../../resources/account-access.ts'
import type { Operation } from '../../../operation.ts'
import { wireValidation } from '../validation-wire.ts'

/** What unlimited looks like: far above what one machine sends in a day, and a rate at which clients still do sensible things. */
const max24HourSendShown = 1_000_000_000
const maxSendRateShown = 1_000

export const getAccount: Operation<'GetAccount'> = async (_input, _call, { store, sentLast24Hours, accountDefaults }) => {
  const { value } = await readAccount(store)
  const { vdm } = value
  const sandboxed = isInSandbox(value, accountDefaults)
  const { max24HourSend, maxSendRate } = sendQuotaOf(value, accountDefaults)
  return {
    DedicatedIpAutoWarmupEnabled: value.dedicatedIpAutoWarmup,
    EnforcementStatus: 'HEALTHY',
    ProductionAccessEnabled: !sandboxed,
    SendQuota: {
      Max24HourSend: max24HourSend === unlimited ? max24HourSendShown : max24HourSend,
      MaxSendRate: maxSendRate === unlimited ? maxSendRateShown : maxSendRate,
      SentLast24Hours: sentLast24Hours(),
    },
    SendingEnabled: value.sendingEnabled,
    SuppressionAttributes: {
      SuppressedReasons: [...value.suppressedReasons],
      ...(value.validation ? { ValidationAttributes: wireValidation(value.validation) } : {}),
    },
    ...(value.details ? { Details: { ...wireDetails(value.details), ...wireReview(value, sandboxed) } } : {}),
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
  }
}

/** Whoever has production access was granted it, by a review or by the settings. */
function wireReview({ review }: AccountRecord, sandboxed: boolean): Pick<AccountDetails, 'ReviewDetails'> {
  if (!review) return sandboxed ? {} : { ReviewDetails: { Status: 'GRANTED' } }
  return { ReviewDetails: { Status: sandboxed ? review.status : 'GRANTED', CaseId: review.caseId } }
}

function wireVdm({ enabled, engagementMetrics, optimizedSharedDelivery }: NonNullable<AccountRecord['vdm']>): VdmAttributes {
  return {
    VdmEnabled: enabled,
    ...(engagementMetrics === undefined ? {} : { DashboardAttributes: { EngagementMetrics: engagementMetrics } }),
    ...(optimizedSharedDelivery === undefined ? {} : { GuardianAttributes: { OptimizedSharedDelivery: optimizedSharedDelivery } }),
  }
}
