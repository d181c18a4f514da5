// What the account may send: sandbox or production, the daily quota and the rate. Source: ses.md §8.2, §8.7.
// Whoever counts is elsewhere (intake/send-allowance.ts); here is only what counts.
import { type Refusal, refuse } from '../model/refusal.ts'
import { type AccountDetails, type AccountRecord, accounts, readAccount } from './account.ts'
import type { Decision } from './commit-record.ts'
import { sandboxMax24HourSend, sandboxMaxSendRate } from './limits.ts'
import type { Store } from '../storage/store.ts'

/** A quota or rate that is none; SES's own spelling. */
export const unlimited = -1

/** Recipients in 24 hours and a second; `unlimited` or a whole number. */
export interface SendQuota {
  readonly max24HourSend: number
  readonly maxSendRate: number
}

/** What the settings say of an account of which nothing else was said. */
export interface AccountDefaults extends SendQuota {
  readonly startsInSandbox: boolean
}

/** In the sandbox recipients must be verified as well, and the quota is SES's small one. */
export function isInSandbox({ productionAccess }: AccountRecord, { startsInSandbox }: AccountDefaults): boolean {
  return !(productionAccess ?? !startsInSandbox)
}

/** The quota outside the sandbox: what the operator set, else the settings. */
export function productionQuota({ quota }: AccountRecord, defaults: AccountDefaults): SendQuota {
  return { max24HourSend: quota?.max24HourSend ?? defaults.max24HourSend, maxSendRate: quota?.maxSendRate ?? defaults.maxSendRate }
}

/** The quota that counts now. */
export function sendQuotaOf(account: AccountRecord, defaults: AccountDefaults): SendQuota {
  return isInSandbox(account, defaults) ? { max24HourSend: sandboxMax24HourSend, maxSendRate: sandboxMaxSendRate } : productionQuota(account, defaults)
}

/** Decides to keep what the holder says of the mail. In the sandbox a request for production access opens a review, and nothing changes before its end. */
export async function planAccountDetails(
  store: Pick<Store, 'get'>,
  defaults: AccountDefaults,
  { details, wantsProduction, caseId }: { details: AccountDetails; wantsProduction: boolean; caseId: string },
): Promise<Decision<undefined> | Refusal> {
  const { value, version } = await readAccount(store)
  const sandboxed = isInSandbox(value, defaults)
  if (sandboxed && value.review?.status === 'PENDING')
    return refuse('Conflict', { text: `There is already an ongoing account details update under review (${value.review.caseId}).` })
  const review = sandboxed && wantsProduction ? { review: { status: 'PENDING' as const, caseId } } : {}
  return decided({ ...value, details, ...review }, version)
}

/** Decides a review. Granting takes the account out of the sandbox, also when nobody asked; only a review that waits can be denied. */
export async function planReviewEnd(
  store: Pick<Store, 'get'>,
  defaults: AccountDefaults,
  status: 'GRANTED' | 'DENIED',
): Promise<Decision<undefined> | Refusal> {
  const { value, version } = await readAccount(store)
  const { review } = value
  if (!isInSandbox(value, defaults)) return refuse('InvalidRequest', { text: 'The account has production access already.' })
  if (status === 'DENIED' && review?.status !== 'PENDING') return refuse('InvalidRequest', { text: 'No request for production access waits for a decision.' })
  return decided({ ...value, ...(review ? { review: { ...review, status } } : {}), ...(status === 'GRANTED' ? { productionAccess: true } : {}) }, version)
}

/** Decides a new quota; undefined members stay as they are. */
export async function planQuota(store: Pick<Store, 'get'>, quota: NonNullable<AccountRecord['quota']>): Promise<Decision<undefined>> {
  const { value, version } = await readAccount(store)
  const max24HourSend = quota.max24HourSend ?? value.quota?.max24HourSend
  const maxSendRate = quota.maxSendRate ?? value.quota?.maxSendRate
  return decided(
    { ...value, quota: { ...(max24HourSend === undefined ? {} : { max24HourSend }), ...(maxSendRate === undefined ? {} : { maxSendRate }) } },
    version,
  )
}

function decided(value: AccountRecord, expect: number | 'absent'): Decision<undefined> {
  return { answer: undefined, changes: [{ type: 'put', collection: accounts, key: 'account', value, expect }] }
}
