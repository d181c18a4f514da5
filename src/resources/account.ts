// The account: the one container of everything. Source: ses.md §8.7.
import { collection, type Store } from '../storage/store.ts'
import type { ValidationSetting } from './address-validation.ts'

/** Switches of the Virtual Deliverability Manager; an undefined one was never set. */
export interface VdmSettings {
  readonly engagementMetrics: 'ENABLED' | 'DISABLED' | undefined
  readonly optimizedSharedDelivery: 'ENABLED' | 'DISABLED' | undefined
}

/** What the account's holder said of its mail. */
export interface AccountDetails {
  readonly mailType: 'MARKETING' | 'TRANSACTIONAL'
  readonly websiteUrl: string
  readonly contactLanguage: 'EN' | 'JA' | undefined
  readonly useCaseDescription: string | undefined
  readonly additionalContacts: readonly string[]
}

/** The request for production access, and what the operator said. */
export interface AccountReview {
  readonly status: 'PENDING' | 'GRANTED' | 'DENIED'
  readonly caseId: string
}

/** Switches of the whole account. */
export interface AccountRecord {
  readonly sendingEnabled: boolean
  readonly suppressedReasons: readonly ('BOUNCE' | 'COMPLAINT')[]
  readonly dedicatedIpAutoWarmup: boolean
  /** Auto Validation; undefined: never set. */
  readonly validation?: ValidationSetting | undefined
  readonly details?: AccountDetails | undefined
  /** What the operator set at run time; undefined members follow the settings. -1: unlimited. */
  readonly quota?: { readonly max24HourSend?: number | undefined; readonly maxSendRate?: number | undefined } | undefined
  /** Undefined: as BULKHEAD_SANDBOX says. */
  readonly productionAccess?: boolean | undefined
  readonly review?: AccountReview | undefined
  readonly vdm?: (VdmSettings & { readonly enabled: 'ENABLED' | 'DISABLED' }) | undefined
}

/** One record under the key `account`. */
export const accounts = collection<AccountRecord>('account')

const untouched: AccountRecord = { sendingEnabled: true, suppressedReasons: ['BOUNCE', 'COMPLAINT'], dedicatedIpAutoWarmup: true }

/** The account's switches; defaults of SES until something was changed. `version` is 'absent' then. */
export async function readAccount(store: Pick<Store, 'get'>): Promise<{ value: AccountRecord; version: number | 'absent' }> {
  const stored = await store.get(accounts, 'account')
  return stored ? { value: stored.value, version: stored.version } : { value: untouched, version: 'absent' }
}
