// PutAccountQuota: the account's daily quota and rate outside the sandbox. The next send is judged by it.
import { isRefusal, type Refusal, refuse } from '../../../../model/refusal.ts'
import { planQuota, unlimited } from '../../../../resources/account-access.ts'
import type { OwnOperation } from '../../../own-operation.ts'
import { readNumber } from '../read-number.ts'
import { changedAccount } from './account-wire.ts'

const quotaMax = 999_999_999

/** PUT /bulkhead/v1/account/quota?Max24HourSend=&MaxSendRate= (-1: unlimited; absent: as it is) */
export const putAccountQuota: OwnOperation = {
  name: 'PutAccountQuota',
  method: 'PUT',
  path: '/bulkhead/v1/account/quota',
  async handle({ query }, _call, parts) {
    const max24HourSend = readQuota(query, 'Max24HourSend')
    if (isRefusal(max24HourSend)) return max24HourSend
    const maxSendRate = readQuota(query, 'MaxSendRate')
    if (isRefusal(maxSendRate)) return maxSendRate
    if (max24HourSend === undefined && maxSendRate === undefined) return refuse('InvalidRequest', { text: 'Max24HourSend or MaxSendRate must be given.' })
    return changedAccount(parts, () => planQuota(parts.store, { max24HourSend, maxSendRate }))
  },
}

function readQuota(query: ReadonlyMap<string, string>, name: string): number | undefined | Refusal {
  if (!query.has(name)) return undefined
  return query.get(name) === '-1' ? unlimited : readNumber(query, name, { min: 1, max: quotaMax, absent: unlimited })
}
