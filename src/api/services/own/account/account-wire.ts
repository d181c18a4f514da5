// The account as its operator sees it, in the shape of model/own-wire.ts.
import type { AccountAnswer } from '../../../../model/own-wire.ts'
import { isRefusal, type Refusal } from '../../../../model/refusal.ts'
import { readAccount } from '../../../../resources/account.ts'
import { isInSandbox, productionQuota, sendQuotaOf } from '../../../../resources/account-access.ts'
import { commitDecision, type Decision } from '../../../../resources/commit-record.ts'
import { readDedicatedIps } from '../../../../resources/dedicated-ips.ts'
import type { Parts } from '../../../operation.ts'

type AccountParts = Pick<Parts, 'store' | 'accountDefaults' | 'sentLast24Hours'>

/** Reads and shows it. */
export async function accountAnswer({ store, accountDefaults, sentLast24Hours }: AccountParts): Promise<AccountAnswer> {
  const { value } = await readAccount(store)
  const now = sendQuotaOf(value, accountDefaults)
  const production = productionQuota(value, accountDefaults)
  const { details, review } = value
  const { accountPool } = (await readDedicatedIps(store)).value
  return {
    ProductionAccessEnabled: !isInSandbox(value, accountDefaults),
    SendingEnabled: value.sendingEnabled,
    DefaultPool: accountPool ?? null,
    SendQuota: { Max24HourSend: now.max24HourSend, MaxSendRate: now.maxSendRate, SentLast24Hours: sentLast24Hours() },
    ProductionQuota: { Max24HourSend: production.max24HourSend, MaxSendRate: production.maxSendRate },
    Review: review ? { Status: review.status, CaseId: review.caseId } : null,
    Details: details ? { MailType: details.mailType, WebsiteURL: details.websiteUrl, UseCaseDescription: details.useCaseDescription ?? null } : null,
  }
}

/** Commits a decision about the account and shows what became of it. */
export async function changedAccount(parts: AccountParts, decide: () => Promise<Decision<undefined> | Refusal>): Promise<AccountAnswer | Refusal> {
  const refusal = await commitDecision(parts.store, decide)
  return isRefusal(refusal) ? refusal : accountAnswer(parts)
}
