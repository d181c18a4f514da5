// GetAccount. A service on one's own machine has no sandbox; a quota of -1 is SES's own spelling of "no limit".
import { readAccount } from '../../../../resources/account.ts'
import type { Operation } from '../../../operation.ts'

export const getAccount: Operation<'GetAccount'> = async (_input, _call, { store }) => {
  const { value } = await readAccount(store)
  return {
    DedicatedIpAutoWarmupEnabled: value.dedicatedIpAutoWarmup,
    EnforcementStatus: 'HEALTHY',
    ProductionAccessEnabled: true,
    // SentLast24Hours stays 0 until insights/ counts sends.
    SendQuota: { Max24HourSend: -1, MaxSendRate: -1, SentLast24Hours: 0 },
    SendingEnabled: value.sendingEnabled,
    SuppressionAttributes: { SuppressedReasons: [...value.suppressedReasons] },
  }
}
