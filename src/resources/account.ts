// The account: the one container of everything. Source: ses.md §8.7.
import { collection, type Store } from '../storage/store.ts'

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

/** Switches of the whole account. */
export interface AccountRecord {
  readonly sendingEnabled: boolean
  readonly suppressedReasons: readonly ('BOUNCE' | 'COMPLAINT')[]
  readonly dedicatedIpAutoWarmup: boolean
  readonly details?: AccountDetails | undefined
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
